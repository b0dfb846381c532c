// Single keys for what a page offers: each moves the focus to it, or follows it. Pages work without.
const own = document.body.dataset.keys;
const actions = own ? Object.fromEntries(Object.entries(JSON.parse(own)).map(([action, key]) => [key, action])) : {};
const WRITTEN_IN = "input:not([type=radio]):not([type=checkbox]):not([type=submit]), textarea, select, [contenteditable]";

function choose(radio) {
  if (!radio) return;
  const folded = radio.closest("details");
  if (folded) folded.open = true;
  radio.click();
  radio.focus();
}

function focusOn(name) {
  const current = document.activeElement?.closest("form") ?? document;
  const field = current.querySelector(`[name="${name}"]`) ?? document.querySelector(`[name="${name}"]`);
  field?.focus();
}

function follow(selector, act, address) {
  const found = document.querySelector(selector);
  if (found) found[act]();
  else location.assign(address);
}

function goOn() {
  const current = document.activeElement?.closest("form");
  const button = (within) => within?.querySelector('[data-key="preview"]') ?? within?.querySelector('[data-key="save"]');
  (button(current) ?? button(document))?.click();
}

const steps = { next: 1, previous: -1 };

const does = {
  reason: () => focusOn("reason_code"),
  comment: () => focusOn("comment"),
  go: goOn,
  undo: () => location.assign("/decisions/mine"),
  search: () => follow('input[name="text"]', "focus", "/search"),
  save: () => document.querySelector('[data-key="save"]')?.click(),
  queue: () => follow('[data-key="queue"]', "click", "/queue"),
  help: () => document.getElementById("keys-sheet").showModal(),
};

// The question that a key answers: the one that has the focus, else the first without an answer. Of two records, what
// they are to one another is asked first.
function question() {
  const all = [...document.querySelectorAll(".desk-answer, .desk-pair")];
  const isOpen = (part) => !part.querySelector('input[type="radio"]:checked:not([value=""])');
  return document.activeElement?.closest(".desk-answer, .desk-pair") ?? all.find(isOpen) ?? all[0] ?? document;
}

// An answer given, the next question has the focus, unless something has to be typed.
function answer(radio) {
  choose(radio);
  const here = radio?.closest(".desk-answer");
  if (!here || radio.dataset.kind === "value") return;
  const all = [...document.querySelectorAll(".desk-answer")];
  all[all.indexOf(here) + 1]?.querySelector('input:not([type="hidden"])')?.focus();
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const place = rows.indexOf(document.activeElement) + by;
  rows[Math.max(0, Math.min(rows.length - 1, place))].focus();
  return true;
}

function act(key) {
  if (/^[1-9]$/.test(key)) {
    answer(question().querySelector(`[data-choice="${key}"]`));
    return true;
  }
  const action = actions[key];
  if (!action) return false;
  // An answer that this question has not got is never given to another question.
  const all = [...document.querySelectorAll(`[data-kind="${action}"]`)];
  const radio = question().querySelector(`[data-kind="${action}"]`) ?? all.find((each) => !each.closest(".desk-answer"));
  if (does[action]) does[action]();
  else if (radio) answer(radio);
  else if (!(action in steps && step(steps[action]))) document.querySelector(`[data-key="${action}"]`)?.click();
  return true;
}

if (own) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target instanceof Element && event.target.matches(WRITTEN_IN)) return;
    if (document.querySelector("dialog[open]")) return;
    if (act(event.key)) event.preventDefault();
  });
}
