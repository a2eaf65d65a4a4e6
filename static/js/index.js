/* Lists: picking rows, the bulk bar, filters that are drafts, keys. */
"use strict";

function picks(form) { return [...form.querySelectorAll("input[name=ids]")]; }

function showPicks(form) {
  const boxes = picks(form);
  const picked = boxes.filter((box) => box.checked).length;
  const bar = form.querySelector("[data-bulk-bar]");
  const all = form.querySelector("[data-select-all]");
  if (!bar) return;
  bar.classList.toggle("is-on", picked > 0 || all.checked);
  bar.querySelector("[data-picked]").textContent = String(picked);
  bar.classList.toggle("is-all", all.checked);
  form.querySelectorAll("[data-pick-all]").forEach((box) => {
    box.checked = picked > 0 && picked === boxes.length;
    box.indeterminate = picked > 0 && picked < boxes.length;
  });
}

function pickAll(form, isOn) {
  picks(form).forEach((box) => { box.checked = isOn; });
  if (!isOn) form.querySelector("[data-select-all]").checked = false;
  showPicks(form);
}

let lastPicked = null;
document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-bulk]");
  if (!form) return;
  if (event.target.closest("[data-pick-none]")) pickAll(form, false);
  if (!event.target.matches("input[name=ids]")) return;
  const boxes = picks(form);
  const here = boxes.indexOf(event.target);
  if (event.shiftKey && lastPicked !== null) {
    const [from, to] = [Math.min(here, lastPicked), Math.max(here, lastPicked)];
    boxes.slice(from, to + 1).forEach((box) => { box.checked = event.target.checked; });
  }
  lastPicked = here;
  showPicks(form);
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-bulk]");
  if (!form) return;
  if (event.target.matches("[data-pick-all]")) pickAll(form, event.target.checked);
  else if (event.target.matches("[data-select-all]")) {
    if (event.target.checked) picks(form).forEach((box) => { box.checked = true; });
    showPicks(form);
  } else showPicks(form);
});
addEventListener("pageshow", () => document.querySelectorAll("[data-bulk]").forEach(showPicks));

/* What was changed in a filter and not applied is a draft: it goes when its panel closes. */
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (menu.matches?.(".filter-menu") && !menu.open) {
    const sought = [...menu.querySelectorAll("[data-any-of-find]")].filter((one) => one.value !== one.defaultValue);
    menu.querySelectorAll("input, select, textarea").forEach(resetField);
    sought.forEach((one) => htmx.trigger(one, "search"));
  }
  if (menu.matches?.(".filter-menu") && menu.open) focusFilter(menu);
}, true);
function focusFilter(menu) {
  const wrong = menu.querySelector("[aria-invalid=true]");
  (wrong || menu.querySelector("input:not([type=hidden]), select, textarea"))?.focus();
}

/* A panel that comes while its menu is open already takes the focus then. */
document.addEventListener("htmx:load", (event) => {
  const menu = event.target.closest("details.filter-menu[open], #index-look details[open]");
  const form = event.target;
  if (menu && form.matches("form.menu-panel") && !form.contains(document.activeElement)) focusFilter(menu);
});

/* Rows that come in while somebody works in the filter leave their draft alone; only the state it hands on is renewed. */
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const menu = event.detail.target;
  if (!menu.matches("#index-filter[open]")) return;
  if (!menu.querySelector("form")) {
    event.detail.fragment.querySelector("details").open = true;
    return;
  }
  const fresh = event.detail.fragment.querySelectorAll(".menu-panel > input[type=hidden]");
  menu.querySelectorAll("form > input[type=hidden]").forEach((one) => one.remove());
  menu.querySelector("form").prepend(...fresh);
  event.detail.shouldSwap = false;
});

/* Many choices: typing finds among them, Enter and the arrows go to the boxes and back. */
document.addEventListener("keydown", (event) => {
  const find = event.target.closest("[data-any-of-find]");
  const list = event.target.closest(".any-of-list");
  if (find && (event.key === "Enter" || event.key === "ArrowDown")) {
    event.preventDefault();
    find.closest(".any-of").querySelector(".any-of-list input")?.focus();
  } else if (list && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const boxes = [...list.querySelectorAll("input")];
    const place = boxes.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    if (place >= 0) boxes[place]?.focus();
    else list.closest(".any-of").querySelector("[data-any-of-find]")?.focus();
  }
});

/* J and K walk the rows, X picks, Enter opens, / searches. Never while typing. */
function isTyping(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");
}
function walk(step) {
  const links = [...document.querySelectorAll(".index-table tbody tr a.cell-title")];
  const row = document.activeElement.closest(".index-table tbody tr");
  const here = links.findIndex((link) => link.closest("tr") === row);
  links[Math.min(links.length - 1, Math.max(0, here + step))]?.focus();
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.body.dataset.letterKeys === "off" || window.clientela.goes()) return;
  const key = event.key.toLowerCase();
  const step = { j: "next", k: "prev" }[key];
  const neighbour = step && document.querySelector(`[data-steps] a[rel=${step}]`);
  if (neighbour) neighbour.click();
  else if (key === "j") walk(1);
  else if (key === "k") walk(-1);
  else if (key === "x") document.activeElement.closest("tr")?.querySelector("input[name=ids]")?.click();
  else if (key === "/") {
    const search = document.getElementById("index-q") || document.getElementById("global-search");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  }
});
