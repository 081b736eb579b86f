// A card for each receipt that is photographed or chosen, each with its own progress, picture, and ways to try again
// or remove; and the sum as it is typed. Without this script each card has its own file field.
"use strict";
(() => {
  const form = document.querySelector("form[data-claim]");
  if (!form || !window.famn) return;
  const { said, say, make, button, thumbnail, hidden, sent } = window.famn;
  const MOST = 50;
  const capture = form.querySelector("[data-capture]");
  const cards = form.querySelector("[data-cards]");
  const add = cards.querySelector("[data-add]");
  const take = capture.querySelector("[data-take]");
  const fresh = form.querySelector("template[data-new]").content;
  const faulty = document.getElementById("fel") !== null;
  const blank = () => cards.querySelector("[data-card][data-blank]");

  // A card that nothing has been put into waits out of sight for its picture.
  const tidy = () => {
    const all = [...cards.querySelectorAll("[data-card]")];
    for (const card of all) card.hidden = !faulty && card.hasAttribute("data-blank");
    const seen = all.filter((card) => !card.hidden).length;
    cards.hidden = seen === 0;
    if (take && seen > 0) take.textContent = take.dataset.take;
  };

  const added = () => {
    const at = Number(form.elements.count.value);
    if (at >= MOST) return null;
    const placed = (text) => text.replaceAll("7777", at).replaceAll("7778", at + 1);
    const copy = fresh.cloneNode(true);
    const parts = document.createTreeWalker(copy, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let part = parts.nextNode(); part; part = parts.nextNode()) {
      if (part.nodeType === Node.TEXT_NODE) part.data = placed(part.data);
      else for (const one of part.attributes) if (one.value.includes("777")) one.value = placed(one.value);
    }
    const card = copy.querySelector("[data-card]");
    form.elements.count.value = at + 1;
    add.before(copy);
    return card;
  };

  const put = async (card, file) => {
    card.removeAttribute("data-blank");
    for (const one of card.querySelectorAll("[data-choose]")) one.remove();
    const picture = card.querySelector("[data-picture]");
    const status = picture.querySelector("[data-status]");
    const saved = status.firstElementChild;
    const name = card.querySelector("[data-amount]").name.replace("amount_ore", "file");
    const bar = make("progress", { max: 1, value: 0, ariaLabel: said.progress });
    const words = make("span", { className: "small", textContent: say("sending", file.name) });
    status.setAttribute("role", "status");
    status.replaceChildren(words, bar);
    picture.querySelector("[data-name]").textContent = "";
    picture.hidden = false;
    card.querySelector("[data-remove]").hidden = false;
    tidy();
    const kept = await sent(form, file, (part) => { bar.value = part; });
    if (kept.shown) picture.querySelector(".receipt__img").replaceWith(thumbnail(kept.shown));
    if (!kept.id) {
      const told = make("span", { className: "upload--failed", textContent: kept.text ? `${file.name}: ${kept.text}` : say("failed", file.name) });
      const again = () => { status.replaceChildren(saved); put(card, file); };
      // What was refused for what it is would be refused again.
      status.replaceChildren(told, ...kept.text ? [] : [" ", button(said.retry, again)]);
      return;
    }
    picture.querySelector("[data-name]").textContent = kept.name;
    status.replaceChildren(saved);
    picture.after(hidden(`${name}_id`, kept.id), hidden(`${name}_name`, kept.name));
    form.dispatchEvent(new Event("famn:file"));
  };

  for (const input of capture.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", async () => {
      const files = [...input.files];
      input.value = "";
      for (const file of files) {
        const card = blank() || added();
        if (card) await put(card, file);
      }
    });
  }

  // The sum as it stands; the one that counts is worked out when the form is looked through.
  const total = form.querySelector("[data-total]");
  const number = (text) => {
    const bare = text.replace(/\s/g, "").replace(/(kr|km|[:,]-)$/i, "").replace(",", ".");
    return /^\d+(\.\d{1,2})?$/.test(bare) ? Number(bare) : 0;
  };
  // Öre for ten kilometres, from each day on.
  const rates = total.dataset.total.split(" ").map((rate) => rate.split(":"));
  const rate = (typed) => {
    const day = /^\d{4}-\d\d-\d\d$/.test(typed) ? typed : new Date().toISOString().slice(0, 10);
    return Number(rates.filter(([from]) => from <= day).pop()[1]);
  };
  const sum = () => {
    let ore = 0;
    for (const field of form.querySelectorAll("input[name$='.amount_ore']")) ore += Math.round(number(field.value) * 100);
    for (const field of form.querySelectorAll("input[name$='.distance_m']")) {
      const day = form.elements[field.name.replace(/distance_m$/, "driven_on")];
      ore += Math.round(number(field.value) * rate(day ? day.value : "") / 10);
    }
    const kronor = String(Math.floor(ore / 100)).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
    const rest = ore % 100 === 0 ? "" : "," + String(ore % 100).padStart(2, "0");
    const words = total.querySelector("[data-words]");
    words.textContent = words.dataset.words;
    total.querySelector("b").textContent = `${kronor}${rest}\u00a0kr`;
  };
  form.addEventListener("input", (event) => {
    if (/\.(amount_ore|distance_m|driven_on)$/.test(event.target.name)) sum();
  });

  capture.hidden = false;
  add.hidden = true;
  tidy();
})();
