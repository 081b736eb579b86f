// Sends each file as soon as it is chosen, pictures made smaller, so that the form itself stays small and a broken
// connection costs one picture. Without this script the form sends them itself.
"use strict";
window.famn = (() => {
  const LONGEST = 2000;
  // A long screenshot or receipt stays readable: its short side is never made shorter than this.
  const SHORTEST = 1000;
  // More pixels than this some phones draw as nothing at all.
  const CANVAS = 16e6;
  const said = document.getElementById("upload-words").dataset;
  const LARGEST = Number(said.mostMb) * 1024 * 1024;
  const say = (key, name) => said[key].replace("%", name);
  const make = (tag, more = {}, ...inside) => {
    const made = Object.assign(document.createElement(tag), more);
    made.append(...inside);
    return made;
  };
  const is_shown = (file) => /^image\/(jpeg|png|webp)$/.test(file.type);

  // The picture as a smaller JPEG; the very file where that fails, or is not much smaller.
  const reduced = async (file) => {
    if (!is_shown(file)) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const sides = [picture.width, picture.height];
      const scale = Math.max(LONGEST / Math.max(...sides), SHORTEST / Math.min(...sides));
      const [width, height] = sides.map((side) => Math.round(side * scale));
      if (scale >= 1 || width * height > CANVAS) return file;
      const canvas = make("canvas", { width, height });
      const drawn = canvas.getContext("2d");
      drawn.fillStyle = "white";
      drawn.fillRect(0, 0, width, height);
      drawn.drawImage(picture, 0, 0, width, height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.88));
      if (!blob || blob.size >= file.size) return file;
      return new File([blob], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
    } catch {
      return file;
    }
  };

  // By what the chosen file is known again however it is sent; nothing where the browser cannot tell.
  const digest = async (file) => {
    try {
      const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
      return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    } catch {
      return "";
    }
  };

  const post = (form, file, chosen, progress) => new Promise((done) => {
    const body = new FormData();
    body.append("csrf", form.elements.csrf.value);
    if (chosen) body.append("chosen", chosen);
    body.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", "/filer");
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onload = () => done(request.status === 401 ? { text: said.out } : request.response || {});
    request.onerror = () => done({});
    request.send(body);
  });

  // While something is on its way the form waits for it.
  const open = new WeakMap();
  const sending = (form, more) => {
    open.set(form, (open.get(form) || 0) + more);
    for (const one of form.querySelectorAll("button[type=submit]")) one.disabled = open.get(form) > 0;
  };

  // Sends a file; gives what it is kept as, or what to do.
  const sent = async (form, file, progress) => {
    sending(form, 1);
    const smaller = await reduced(file);
    const chosen = smaller === file ? "" : await digest(file);
    const kept = smaller.size > LARGEST ? { text: said.large } : await post(form, smaller, chosen, progress);
    sending(form, -1);
    return { ...kept, shown: is_shown(smaller) ? URL.createObjectURL(smaller) : null };
  };

  const button = (text, act) => {
    const made = make("button", { type: "button", className: "btn btn--bare", textContent: text });
    made.addEventListener("click", act);
    return made;
  };
  const thumbnail = (src) => make("img", { src, alt: "", width: 68, height: 88, className: "receipt__img" });
  const hidden = (name, value) => make("input", { type: "hidden", name, value });

  // The fields by which the form names a file that is kept. A receipt or paper has one file, a message several.
  const names = (input, kept) => {
    const one = /^receipts\.\d+\.file$|^paper\.scan$/.test(input.name);
    return one
      ? [hidden(`${input.name}_id`, kept.id), hidden(`${input.name}_name`, kept.name)]
      : [hidden("file_ids", kept.id), hidden(`name.${kept.id}`, kept.name)];
  };

  // A line below the field tells how far a file has come, then that it is saved or what to do.
  const send = async (input, file) => {
    const bar = make("progress", { max: 1, value: 0, ariaLabel: said.progress });
    const words = make("span", { textContent: say("sending", file.name) });
    const more = make("span");
    const told = make("div", { className: "upload" }, bar, words, more);
    told.setAttribute("role", "status");
    input.closest(".field").append(told);
    const kept = await sent(input.form, file, (part) => { bar.value = part; });
    const gone = () => {
      told.remove();
      input.form.dispatchEvent(new Event("famn:file"));
    };
    bar.remove();
    if (!kept.id) {
      words.textContent = kept.text ? `${file.name}: ${kept.text}` : say("failed", file.name);
      told.classList.add("upload--failed");
      const again = () => { told.remove(); send(input, file); };
      // What was refused for what it is would be refused again.
      more.replaceChildren(...kept.text ? [] : [button(said.retry, again)], button(said.remove, gone));
      return;
    }
    const own = names(input, kept);
    // A new picture of the same receipt takes the place of the one before.
    for (const one of own) {
      if (!/^(receipts|paper)\./.test(one.name)) continue;
      for (const old of input.form.querySelectorAll(`input[type=hidden][name="${one.name}"]`)) old.remove();
    }
    words.textContent = say("saved", file.name);
    told.append(...own);
    if (kept.shown) told.prepend(thumbnail(kept.shown));
    more.replaceChildren(button(said.remove, gone));
    input.form.dispatchEvent(new Event("famn:file"));
  };

  for (const input of document.querySelectorAll("input[type=file][name]")) {
    input.addEventListener("change", async () => {
      const files = [...input.files];
      input.value = "";
      for (const file of files) await send(input, file);
    });
  }
  return { said, say, make, button, thumbnail, hidden, sent };
})();
