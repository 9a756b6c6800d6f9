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

  // Copy buttons: data-copy holds the text.
  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  };

  const copied = (button) => {
    const word = button.querySelector("span");
    const before = word.textContent;
    word.textContent = "Copied";
    say(`Copied ${button.dataset.copy}`);
    button.focus();
    setTimeout(() => { word.textContent = before; }, 2000);
  };

  // Menus (details.pop): one open at a time, a click elsewhere or Escape closes it.
  const closeMenus = (except) => {
    const open = [...document.querySelectorAll("details.pop[open]")].filter((menu) => menu !== except);
    open.forEach((menu) => { menu.open = false; });
    return open;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button && button.querySelector("span").textContent !== "Copied") copy(button.dataset.copy).then(() => copied(button));
    closeMenus(event.target.closest("details.pop"));
  });

  // Palette: Ctrl K opens it, arrows walk through what it found, Enter opens the first.
  const links = () => [...palette().querySelectorAll("li a")];

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
      palette().togglePopover();
    } else if (event.key === "Escape") {
      closeMenus().forEach((menu) => menu.querySelector("summary").focus());
    } else if (inPalette && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      walk(event);
    }
  });

  document.addEventListener("submit", (event) => {
    if (!palette() || !palette().contains(event.target)) return;
    const asked = event.target.elements.q.value.trim();
    const found = palette().querySelector("[data-q]");
    const first = palette().querySelector("[data-q] li a[aria-current]");
    if (!asked || !found || found.dataset.q !== asked || !first) return;
    event.preventDefault();
    first.click();
  });

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

  const countAll = () => document.querySelectorAll("table[data-select]").forEach((table) => count(table.closest("form")));

  document.addEventListener("change", (event) => {
    const table = event.target.closest("table[data-select]");
    if (!table) return;
    if (event.target.closest("thead")) {
      table.querySelectorAll("tbody input[type=checkbox]").forEach((tick) => { tick.checked = event.target.checked; });
    }
    count(table.closest("form"));
  });
  document.addEventListener("reset", () => setTimeout(countAll));
  document.addEventListener("htmx:afterSettle", countAll);
  window.addEventListener("pageshow", countAll);
})();
