// Asks before something typed and not sent is left. The browser has its own words for it.
"use strict";
(() => {
  let typed = false;
  const counts = (field) => field.form && field.form.method === "post" && field.type !== "hidden";
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLElement && counts(event.target)) typed = true;
  });
  // A page that is shown again for a fault bears what was typed before.
  if (document.getElementById("fel")) typed = true;
  // What is kept as a draft can be left.
  document.addEventListener("famn:kept", () => { typed = false; });
  document.addEventListener("submit", () => { typed = false; });
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
})();
