// Before anything is drawn: tell the style that script is there, and the components that they may come to life.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
