// Keys for those who handle errands. Each leads to something that is seen on the page; none decides, sends or saves.
// Off while one types. Whoever has switched them off, on the page about oneself, has the buttons they stand for.
"use strict";
(() => {
  const sheet = document.getElementById("genvagar");
  if (!sheet) return;
  const off = sheet.hasAttribute("data-off");

  const rows = () => [...document.querySelectorAll("a.row")];
  const step = (by) => {
    const all = rows();
    const here = all.indexOf(document.activeElement);
    const open = all.findIndex((row) => row.hasAttribute("aria-current"));
    const from = here >= 0 ? here : open;
    const next = all[Math.min(Math.max(from + by, 0), all.length - 1)];
    if (next) next.focus();
  };
  const focus = (id) => {
    const there = document.getElementById(id);
    if (!there) return;
    there.scrollIntoView({ block: "center" });
    there.focus();
  };
  const follow = (path) => {
    const link = document.querySelector(`.rail a[href="${path}"]`);
    if (link) link.click();
  };
  const acts = {
    j: () => step(1),
    k: () => step(-1),
    u: () => { const back = document.querySelector(".back"); if (back) back.click(); },
    r: () => focus("body"),
    n: () => focus("note"),
    b: () => focus("decision-outcome"),
    a: () => focus("person_id"),
    e: () => focus("avsluta"),
    "/": () => focus("number"),
    "?": () => sheet.showModal(),
  };
  const queues = { n: "/arenden?state=received", m: "/arenden?assignee=me", t: "/arenden" };
  let goes = 0;

  const writes = (target) =>
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey && event.target.id === "body") {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (off || event.ctrlKey || event.altKey || event.metaKey || writes(event.target) || sheet.open) return;
    const queue = Date.now() - goes < 1500 && queues[event.key];
    goes = event.key === "g" ? Date.now() : 0;
    const act = queue ? () => follow(queue) : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  for (const button of document.querySelectorAll("[data-genvagar]")) {
    button.hidden = false;
    button.addEventListener("click", () => sheet.showModal());
  }
})();
