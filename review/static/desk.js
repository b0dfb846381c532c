// What script adds to pages that work without it. No page needs it to be read or sent.
const govuk = await import(document.getElementById("desk-script").dataset.govuk);
govuk.initAll();

// A search within a filter of many values: without script the list is scrolled.
for (const list of document.querySelectorAll(".queue-choices--many")) {
  const box = document.createElement("input");
  box.type = "search";
  box.className = "govuk-input queue-find";
  box.setAttribute("aria-label", `Find in ${list.getAttribute("aria-label")}`);
  box.placeholder = "Find";
  box.addEventListener("change", (event) => event.stopPropagation());
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    for (const choice of list.children) choice.hidden = !choice.textContent.toLowerCase().includes(wanted);
  });
  list.before(box);
}

// A part of a page that can't be fetched: what is shown no longer fits the filters that are chosen.
document.body.addEventListener("htmx:sendError", (event) => {
  const words = document.createElement("p");
  words.className = "govuk-body";
  words.setAttribute("role", "alert");
  words.textContent = "The desk can’t be reached. Nothing was changed. Try again. If it stays so, ask the operator.";
  event.detail.target.replaceChildren(words);
});
