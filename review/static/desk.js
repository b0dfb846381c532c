// What script adds to pages that work without it. No page needs it to be read or sent.
const govuk = await import(document.getElementById("desk-script").dataset.govuk);
govuk.initAll();
