// Warns two minutes before the session ends, with a way to stay; tells when it has ended. What is typed stays where it
// is: sent too late, the form comes back after signing in.
"use strict";
(() => {
  const box = document.getElementById("session");
  if (!box) return;
  const WARN = 120;
  const soon = box.querySelector("[data-soon]");
  const over = box.querySelector("[data-over]");
  const stay = box.querySelector("[data-stay]");
  // The same session in other tabs: whatever is done there counts here.
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
  let ends = 0;

  const show = () => {
    const left = (ends - Date.now()) / 1000;
    soon.hidden = left > WARN || left <= 0;
    over.hidden = left > 0;
    box.hidden = soon.hidden && over.hidden;
  };
  const lasts = (seconds) => {
    ends = Math.max(ends, Date.now() + seconds * 1000);
    show();
  };
  const tell = (seconds) => {
    lasts(seconds);
    if (tabs) tabs.postMessage(seconds);
  };
  if (tabs) tabs.addEventListener("message", (event) => lasts(Number(event.data) || 0));

  const ask = async () => {
    try {
      const answer = await fetch("/inloggad", { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok) throw new Error("signed out");
      tell((await answer.json()).seconds);
    } catch {
      ends = 0;
      show();
    }
  };
  stay.addEventListener("click", ask);
  document.addEventListener("famn:saved", (event) => tell(event.detail));
  document.addEventListener("visibilitychange", show);
  tell(Number(box.dataset.seconds));
  setInterval(show, 5000);
})();
