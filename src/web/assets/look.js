// Looking closer at a picture: larger, smaller, turned. Without it the picture opens by itself, by its link.
"use strict";
(() => {
  const MOST = 3;
  for (const look of document.querySelectorAll(".look")) {
    const acts = look.querySelector("[data-look-acts]");
    if (!acts) continue;
    const state = { zoom: 0, turn: 0 };
    const buttons = Object.fromEntries([...acts.querySelectorAll("button")].map((one) => [one.dataset.look, one]));
    const show = () => {
      look.dataset.zoom = state.zoom;
      look.dataset.turn = state.turn;
      buttons.larger.setAttribute("aria-disabled", state.zoom === MOST);
      buttons.smaller.setAttribute("aria-disabled", state.zoom === 0);
    };
    const does = {
      larger: () => { state.zoom = Math.min(state.zoom + 1, MOST); },
      smaller: () => { state.zoom = Math.max(state.zoom - 1, 0); },
      turn: () => { state.turn = (state.turn + 1) % 4; },
    };
    for (const [name, button] of Object.entries(buttons)) {
      button.addEventListener("click", () => { does[name](); show(); });
    }
    acts.hidden = false;
    show();
  }
})();
