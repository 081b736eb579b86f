// Saves what is typed as a draft on the server, two seconds after the last key. Nothing is kept in the browser. Without
// this script a button does it.
"use strict";
(() => {
  const line = document.querySelector("[data-draft]");
  if (!line) return;
  const form = line.closest("form");
  const told = line.querySelector("[role=status]");
  const version = form.elements.draft_version;
  let timer = 0;
  let sending = false;
  let again = false;
  let given_up = false;

  const body = () => {
    const all = new FormData();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") all.append(name, value);
    return all;
  };

  const save = async () => {
    if (given_up) return;
    // Once the session is known to have ended there is nobody to save it for.
    const over = document.querySelector("#session [data-over]");
    if (over && !over.hidden) { told.textContent = line.dataset.out; return; }
    if (sending) { again = true; return; }
    sending = true;
    again = false;
    let wait = 2000;
    try {
      const answer = await fetch("/utkast", { method: "POST", body: body(), redirect: "error" });
      if (answer.status === 401) { told.textContent = line.dataset.out; return; }
      const said = await answer.json();
      if (said.text) told.textContent = said.text;
      if (answer.status === 412) { given_up = true; return; }
      if (!answer.ok) throw new Error("not saved");
      version.value = said.version;
      form.dispatchEvent(new CustomEvent("famn:kept", { bubbles: true }));
      document.dispatchEvent(new CustomEvent("famn:saved", { detail: said.seconds }));
    } catch {
      told.textContent = line.dataset.failed;
      [again, wait] = [true, 10000];
    } finally {
      sending = false;
      if (again) later(wait);
    }
  };

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  form.addEventListener("input", (event) => { if (event.target.type !== "file") later(2000); });
  form.addEventListener("famn:file", () => later(0));
  form.addEventListener("submit", () => { clearTimeout(timer); given_up = true; });
})();
