// What HTML alone cannot do. Every page works without this file.
(() => {
  "use strict";

  const palette = () => document.getElementById("palette");

  const say = (sentence) => {
    const voice = document.getElementById("say");
    if (!voice) return;
    voice.textContent = "";
    setTimeout(() => { voice.textContent = sentence; }, 50);
  };

  // The focus goes to the first button of a part, or to the first thing that takes it.
  const goOn = (part) => {
    const within = [...part.querySelectorAll("button, summary"), ...part.querySelectorAll("a[href], input, select, textarea")];
    const next = within.find((one) => one.checkVisibility() && !one.disabled);
    if (next) next.focus();
  };

  // Copy buttons: data-copy holds the text. Browsers keep the first way from plain http, and where somebody said no.
  const copy = async (text) => {
    if (await navigator.clipboard?.writeText(text).then(() => true, () => false)) return true;
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  };

  const answerCopy = (button, done) => {
    const word = button.querySelector("span");
    const before = word.textContent;
    word.textContent = done ? "Copied" : "Not copied";
    say(done ? `Copied ${button.dataset.copy}` : "Your browser does not let the portal copy. Select the text and copy it yourself.");
    button.focus();
    setTimeout(() => { word.textContent = before; }, 4000);
  };

  // Menus (details.pop): one open at a time, a click elsewhere or Escape closes it.
  const closeMenus = (except) => {
    const open = [...document.querySelectorAll("details.pop[open]")].filter((menu) => menu !== except);
    open.forEach((menu) => { menu.open = false; });
    return open;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    const rests = button && !["Copied", "Not copied"].includes(button.querySelector("span").textContent);
    if (rests) copy(button.dataset.copy).then((done) => answerCopy(button, done));
    closeMenus(event.target.closest("details.pop"));
  });

  // The side menu of a phone is open while the address ends in #nav; its own link closes it, and leads back to the bar.
  const closeSide = () => {
    const close = document.querySelector("#nav:target [href='#menu']");
    if (close && close.checkVisibility()) close.click();
  };

  // A menu that the focus leaves would cover what has it now. The palette gives the focus back.
  document.addEventListener("focusout", (event) => {
    const [from, to] = [event.target, event.relatedTarget];
    const menu = from.closest("details.pop[open], #nav:target");
    if (!menu || !to || menu.contains(to) || to.closest("#palette")) return;
    if (menu.id === "nav") closeSide(); else menu.open = false;
  });

  // Palette: Ctrl K opens it, arrows walk through what it found, Enter opens the first. Without script its buttons open
  // it as a popover; as a modal dialog it keeps the focus while it is open, and gives it back.
  const links = () => [...palette().querySelectorAll("li a")];

  document.addEventListener("click", (event) => {
    if (!palette() || !event.target.closest("[popovertarget=palette]")) return;
    event.preventDefault();
    palette().showModal();
  });

  const walk = (event) => {
    const all = links();
    const here = all.indexOf(document.activeElement);
    const next = here + (event.key === "ArrowDown" ? 1 : -1);
    if (next >= all.length) return;
    event.preventDefault();
    (next < 0 ? palette().querySelector("input") : all[next]).focus();
  };

  document.addEventListener("keydown", (event) => {
    const inPalette = palette() && palette().contains(event.target);
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && palette()) {
      event.preventDefault();
      if (palette().open) palette().close(); else palette().showModal();
    } else if (event.key === "Escape") {
      closeMenus().forEach((menu) => menu.querySelector("summary").focus());
      if (inPalette) palette().close(); // a filled search box would keep Escape to itself
      else closeSide();
    } else if (inPalette && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      walk(event);
    }
  });

  // A scanner presses Enter before anything is found: the jump waits for the answer. Where nothing is found, the list of
  // customers looks further.
  let wanted = "";

  const jump = () => {
    const found = palette().querySelector("[data-q]");
    if (!found || found.dataset.q !== wanted) return;
    const first = found.querySelector("li a[aria-current]");
    wanted = "";
    if (first) first.click(); else palette().querySelector("form").submit();
  };

  document.addEventListener("submit", (event) => {
    if (!palette() || !palette().contains(event.target)) return;
    wanted = event.target.elements.q.value.trim();
    if (!wanted) return;
    event.preventDefault();
    jump();
  });
  document.addEventListener("input", () => { wanted = ""; });
  document.addEventListener("htmx:afterSettle", () => { if (wanted && palette().open) jump(); });

  // Lists with ticks: one tick for all, and how many are ticked.
  const count = (form) => {
    const ticks = [...form.querySelectorAll("tbody input[type=checkbox]")];
    const ticked = ticks.filter((tick) => tick.checked).length;
    const all = form.querySelector("thead input[type=checkbox]");
    if (all) {
      all.checked = ticked > 0 && ticked === ticks.length;
      all.indeterminate = ticked > 0 && ticked < ticks.length;
    }
    const words = form.querySelector("[data-ticked]");
    if (words && ticked) words.textContent = `${ticked.toLocaleString("en-US")} selected`;
  };

  // The actions stand behind all rows: by keyboard, a button after the box that was ticked last leads there.
  const toActions = document.createElement("button");
  toActions.type = "button";
  toActions.className = "btn to-actions";
  toActions.textContent = "Go to actions";
  toActions.addEventListener("click", () => goOn(toActions.closest("form").querySelector(".bulk")));

  const offerActions = (form, tick) => {
    const ticked = form.querySelectorAll("tbody .tick :checked").length;
    if (ticked) tick.after(toActions); else toActions.remove();
    say(ticked ? `${ticked.toLocaleString("en-US")} selected. Next is the button “Go to actions”.` : "Nothing selected");
  };

  const cleared = () => {
    countAll();
    const tick = toActions.previousElementSibling;
    toActions.remove();
    if (tick && document.activeElement.matches(".bulk :focus-visible")) tick.focus(); // the bar goes, and its button
  };

  const countAll = () => document.querySelectorAll("table[data-select]").forEach((table) => count(table.closest("form")));

  document.addEventListener("change", (event) => {
    const table = event.target.closest("table[data-select]");
    if (!table) return;
    if (event.target.closest("thead")) {
      table.querySelectorAll("tbody input[type=checkbox]").forEach((tick) => { tick.checked = event.target.checked; });
    }
    count(table.closest("form"));
    if (event.target.closest(".tick")) offerActions(table.closest("form"), event.target);
  });
  document.addEventListener("reset", () => setTimeout(cleared));
  document.addEventListener("htmx:afterSettle", countAll);
  window.addEventListener("pageshow", countAll);

  // Passkeys, beside allauth's script: a form that a key fills in is sent by that script alone, so that Enter in a field
  // asks for the key, and its button waits for that script; and where no key answers, the page says so.
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-asks-key]").forEach((button) => { button.disabled = false; });
  });
  document.addEventListener("submit", (event) => {
    if (event.target.elements.credential) event.preventDefault();
  });
  document.addEventListener("allauth.error", (event) => {
    const words = document.querySelector("[data-no-answer]");
    event.preventDefault();
    words.hidden = false;
    say(words.textContent);
  });

  // A long list of boxes: a search narrows it. What is ticked stays in sight, and nothing of the search is sent.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  const narrow = (zone) => {
    const asked = plain(zone.querySelector("input[type=search]").value.trim());
    const boxes = [...zone.querySelectorAll("label.form-check")];
    const fits = (box) => plain(box.textContent).includes(asked) || box.control.value.startsWith(asked);
    const found = boxes.filter(fits);
    boxes.forEach((box) => { box.hidden = !box.control.checked && !found.includes(box); });
    zone.querySelector("[data-narrowed]").textContent = asked ? `${found.length.toLocaleString("en-US")} of ${boxes.length.toLocaleString("en-US")} customers match` : "";
  };

  const narrowed = (event) => event.target.closest && event.target.closest("[data-narrow]");

  document.addEventListener("input", (event) => {
    if (narrowed(event) && event.target.type === "search") narrow(narrowed(event));
  });
  document.addEventListener("keydown", (event) => {
    if (narrowed(event) && event.target.type === "search" && event.key === "Enter") event.preventDefault();
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-narrow]").forEach(narrow));

  // A file dropped anywhere on the form of an upload is the one chosen; its name and size are shown.
  const sizeOf = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3)).toLocaleString("en-US")} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

  const showChosen = (zone) => {
    const [file] = zone.querySelector("input[type=file]").files;
    const words = zone.querySelector("[data-drop-words]");
    const more = zone.querySelector("[data-drop-more]");
    zone.classList.toggle("is-chosen", Boolean(file));
    words.textContent = file ? "File chosen:" : "Drop your file here";
    more.textContent = file ? sizeOf(file.size) : "or choose it";
    if (file) say(`${file.name} is chosen`);
  };

  // Pasted lines may be more than a form takes: then they travel as a file.
  const MOST_PASTED = 1e6;

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-upload]")) return;
    const { file, lines } = event.target.elements;
    if (file.files.length || lines.value.length < MOST_PASTED) return;
    const parcel = new DataTransfer();
    parcel.items.add(new File([lines.value], "pasted-lines.csv", { type: "text/csv" }));
    file.files = parcel.files;
    lines.value = "";
  });

  const zoneAt = (event) => {
    const form = event.target.closest && event.target.closest("form[data-upload]");
    const brings = event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    return form && brings ? form.querySelector("[data-drop]") : null;
  };

  document.addEventListener("dragover", (event) => {
    const zone = zoneAt(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => {
    const form = event.target.closest && event.target.closest("form[data-upload]");
    if (form && !form.contains(event.relatedTarget)) form.querySelector("[data-drop]").classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    const zone = zoneAt(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("is-over");
    zone.querySelector("input[type=file]").files = event.dataTransfer.files;
    showChosen(zone);
  });
  document.addEventListener("change", (event) => {
    const zone = event.target.type === "file" && event.target.closest("[data-drop]");
    if (zone) showChosen(zone);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-drop]").forEach(showChosen));

  // What is looked at stays as it is while one works in it: an open menu, older alerts, a field.
  const isBusy = (part) => part.querySelector("details.pop[open], .more [rel=prev], input:focus, textarea:focus, select:focus");

  document.addEventListener("htmx:beforeRequest", (event) => {
    const part = event.target;
    if (part.matches("[data-live]") && (document.hidden || isBusy(part))) event.preventDefault();
  });

  // A part that was refused stays as it is, and the page says why, in the words of the refusal, until a part comes again.
  const trouble = () => document.getElementById("trouble");

  const refused = (event) => {
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").querySelector("main .lead");
    const words = trouble().querySelector("p");
    words.dataset.silence ??= words.textContent;
    words.textContent = answer ? answer.textContent.trim() : words.dataset.silence;
    trouble().togglePopover(true);
  };

  document.addEventListener("htmx:responseError", refused);
  document.addEventListener("htmx:sendError", refused);
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) trouble().togglePopover(false); });

  // Tables that were opened stay open when their part is swapped.
  let opened = [];
  const kept = () => [...document.querySelectorAll("details[data-keep]")];
  document.addEventListener("htmx:beforeSwap", () => { opened = kept().filter((one) => one.open).map((one) => one.id); });
  document.addEventListener("htmx:afterSettle", () => kept().forEach((one) => { if (opened.includes(one.id)) one.open = true; }));

  // Where the keyboard is may be gone after a swap; htmx itself finds only what has the same id. The ids around the place
  // lead to the nearest part that is still there. Another answer that comes before this one has settled finds nothing
  // held: what was held before it stays so.
  let held = null;
  let around = [];

  document.addEventListener("htmx:beforeSwap", () => {
    if (document.activeElement === document.body) return;
    held = document.activeElement;
    around = [];
    for (let one = held; one && one.id !== "main"; one = one.parentElement) if (one.id) around.push(one.id);
  });
  document.addEventListener("htmx:afterSettle", () => {
    const isGone = held && !held.isConnected && document.activeElement === document.body;
    const part = isGone && around.map((id) => document.getElementById(id)).find(Boolean);
    held = null;
    if (part) goOn(part);
  });

  // A form goes once: a second press before the answer is there is no second order. htmx looks after its own forms.
  const AGAIN = 5000;
  const sent = new WeakMap();

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.timeStamp - (sent.get(event.target) ?? -AGAIN) < AGAIN) event.preventDefault();
    else sent.set(event.target, event.timeStamp);
  });

  // Sorted anew, or with a filter less, a list is a new page: whoever pressed Enter is on the same link there. Of filters
  // the next has the number of the one that is gone; after the last, the list is next.
  const PRESSED = "pressed";

  document.addEventListener("click", (event) => {
    const link = event.target.closest("main a[id]");
    const byKey = event.detail === 0;
    if (link && byKey && link.pathname === location.pathname) sessionStorage.setItem(PRESSED, `${link.pathname}#${link.id}`);
  });

  const [path, id] = (sessionStorage.getItem(PRESSED) || "").split("#");
  sessionStorage.removeItem(PRESSED);
  if (path === location.pathname) {
    const link = document.getElementById(id);
    const list = document.querySelector("main [role=region][tabindex]") || document.getElementById("main");
    const menu = link && link.closest("details:not([open])");
    (menu ? menu.querySelector("summary") : link || list).focus();
  }

  // A corrected line is good: on to the next one that is not.
  document.addEventListener("htmx:afterSettle", (event) => {
    const row = event.target.closest && event.target.closest("tr[data-good]");
    if (!row) return;
    const open = [...row.parentElement.querySelectorAll("tr:not([data-good]) input.form-control")];
    const next = open.find((input) => row.compareDocumentPosition(input) & Node.DOCUMENT_POSITION_FOLLOWING) || open[0];
    if (next) next.focus();
  });
})();
