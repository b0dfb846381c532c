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

function goOn() {
  const current = document.activeElement?.closest("form");
  const button = '[data-key="save"], [data-key="preview"]';
  (current?.querySelector(button) ?? document.querySelector(button))?.click();
}

const does = {
  reason: () => focusOn("reason_code"),
  comment: () => focusOn("comment"),
  go: goOn,
  undo: () => location.assign("/decisions/mine"),
  queue: () => document.querySelector('[data-key="queue"]')?.click() ?? location.assign("/queue"),
  help: () => document.getElementById("keys-sheet").showModal(),
};

function act(key) {
  if (/^[1-9]$/.test(key)) {
    choose(document.querySelector('[data-kind="value"]'));
    choose(document.querySelector(`[data-choice="${key}"]`));
    return true;
  }
  const action = actions[key];
  if (!action) return false;
  if (does[action]) does[action]();
  else if (document.querySelector(`[data-kind="${action}"]`)) choose(document.querySelector(`[data-kind="${action}"]`));
  else document.querySelector(`[data-key="${action}"]`)?.click();
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
