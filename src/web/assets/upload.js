// Sends each file as soon as it is chosen, pictures made smaller, so that the form itself stays small and a broken
// connection costs one picture. Without this script the form sends them itself.
"use strict";
(() => {
  const LONGEST = 2000;
  const LARGEST = 15 * 1024 * 1024;
  const make = (tag, more = {}, ...inside) => {
    const made = Object.assign(document.createElement(tag), more);
    made.append(...inside);
    return made;
  };

  // The picture as a smaller JPEG; the very file where that fails, or is not smaller.
  const reduced = async (file) => {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = make("canvas", {
        width: Math.round(picture.width * scale),
        height: Math.round(picture.height * scale),
      });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
      if (!blob || blob.size >= file.size) return file;
      return new File([blob], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
    } catch {
      return file;
    }
  };

  const post = (form, file, progress) => new Promise((done) => {
    const body = new FormData();
    body.append("csrf", form.elements.csrf.value);
    body.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", "/filer");
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onload = () => done(request.response || {});
    request.onerror = () => done({});
    request.send(body);
  });

  // What is told of one file: a line with its progress, then that it is saved or what to do.
  const line = (field) => {
    const bar = make("progress", { max: 1, value: 0, ariaLabel: "Skickar" });
    const words = make("span");
    const more = make("span", { className: "upload__more" });
    const told = make("div", { className: "upload" }, bar, words, more);
    told.setAttribute("role", "status");
    field.append(told);
    return { told, bar, words, more };
  };

  const button = (text, act) => {
    const made = make("button", { type: "button", className: "btn btn--bare", textContent: text });
    made.addEventListener("click", act);
    return made;
  };

  const hidden = (name, value) => make("input", { type: "hidden", name, value });

  // The fields by which the form names a file that is kept. A receipt has one file, a message several.
  const names = (input, kept) => {
    const receipt = /^receipts\.\d+\.file$/.test(input.name);
    return receipt
      ? [hidden(`${input.name}_id`, kept.id), hidden(`${input.name}_name`, kept.name)]
      : [hidden("file_ids", kept.id), hidden(`name.${kept.id}`, kept.name)];
  };

  const send = async (input, file) => {
    const field = input.closest(".field");
    const { told, bar, words, more } = line(field);
    const failed = (text) => {
      bar.hidden = true;
      words.textContent = text;
      told.classList.add("upload--failed");
      const again = () => { told.remove(); send(input, file); };
      more.replaceChildren(button("Försök igen", again), button("Ta bort", () => told.remove()));
    };
    words.textContent = `Skickar ${file.name}`;
    sending(input.form, 1);
    const smaller = await reduced(file);
    const kept = smaller.size > LARGEST
      ? { text: "Välj en mindre fil. Största storlek är 15 MB." }
      : await post(input.form, smaller, (part) => { bar.value = part; });
    sending(input.form, -1);
    if (!kept.id) return failed(kept.text || `${file.name} kom inte fram. Försök igen.`);
    const own = names(input, kept);
    // A new picture of the same receipt takes the place of the one before.
    for (const one of own) {
      if (!one.name.startsWith("receipts.")) continue;
      for (const old of input.form.querySelectorAll(`input[type=hidden][name="${one.name}"]`)) old.remove();
    }
    bar.remove();
    words.textContent = `${file.name} är sparad`;
    told.append(...own);
    if (/^image\/(jpeg|png|webp)$/.test(smaller.type)) {
      const picture = make("img", { src: URL.createObjectURL(smaller), alt: "", width: 68, height: 88 });
      picture.className = "receipt__img";
      told.prepend(picture);
    }
    more.replaceChildren(button("Ta bort", () => told.remove()));
  };

  // While something is on its way the form waits for it.
  const open = new WeakMap();
  const sending = (form, more) => {
    open.set(form, (open.get(form) || 0) + more);
    for (const one of form.querySelectorAll("button[type=submit]")) one.disabled = open.get(form) > 0;
  };

  for (const input of document.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", async () => {
      const files = [...input.files];
      input.value = "";
      for (const file of files) await send(input, file);
    });
  }
})();
