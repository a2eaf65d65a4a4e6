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
}

function choose(step) {
  const all = hits();
  if (!all.length) return;
  const here = all.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
  const next = (here + step + all.length) % all.length;
  all.forEach((hit, place) => hit.setAttribute("aria-selected", String(place === next)));
  all[next].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    openPalette();
  } else if (event.key === "?" && !isTyping) document.getElementById("keys").showModal();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-open]")) document.getElementById("keys").showModal();
  const opener = event.target.closest("a[data-palette-open]");
  if (opener) { event.preventDefault(); openPalette(); }
  if (event.target === palette) palette.close();
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
