/* The command palette: Ctrl or Cmd and K; arrows move, Enter opens. "?" lists the keys. */
"use strict";
const palette = document.getElementById("palette");
const field = document.getElementById("palette-input");
const results = document.getElementById("palette-results");
const places = results?.innerHTML;

function hits() { return [...results.querySelectorAll("[data-hit]")]; }

function openPalette() {
  if (palette.open) return;
  field.value = "";
  results.replaceChildren(document.createRange().createContextualFragment(places));
  palette.showModal();
  field.focus();
  htmx.trigger(field, "palette:open");
}

function choose(step) {
  const all = hits();
  if (!all.length) return;
  const here = all.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
  const next = (here + step + all.length) % all.length;
  all.forEach((hit, place) => hit.setAttribute("aria-selected", String(place === next)));
  all[next].scrollIntoView({ block: "nearest" });
}

/* G and then a letter goes to a place of the menu; single letters can be turned off. */
let goesUntil = 0;
window.clientela.goes = () => Date.now() < goesUntil;
function isInField(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");
}
function go(letter) {
  goesUntil = 0;
  const link = document.querySelector(`.sidebar [data-go="${CSS.escape(letter)}"]`);
  if (link) location.assign(link.href);
}
document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if (key === "k" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isInField(event.target)) return;
  if (document.body.dataset.letterKeys === "off") return;
  if (key === "?") document.getElementById("keys").showModal();
  else if (window.clientela.goes()) setTimeout(go, 0, key);
  else if (key === "g") goesUntil = Date.now() + 1500;
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-open]")) document.getElementById("keys").showModal();
  const opener = event.target.closest("a[data-palette-open]");
  if (opener) { event.preventDefault(); openPalette(); }
  if (event.target === palette || event.target.id === "keys") event.target.close();
});
field?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    const hit = hits().find((one) => one.getAttribute("aria-selected") === "true") || hits()[0];
    if (!hit || !field.value) return;
    event.preventDefault();
    location.assign(hit.href);
  }
});
