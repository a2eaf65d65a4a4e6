/* Notes: after an @ the colleagues who may see this person are offered. Without this one writes the name. */
"use strict";

const MENTION = /(?:^|[^\p{L}\p{N}_.@])@([\p{L}\p{N}_.-]*(?: [\p{L}\p{N}_.-]+)?)$/u;
let asked = 0;

function listOf(field) {
  let list = field.parentElement.querySelector(".mention-options");
  if (list) return list;
  list = document.createElement("ul");
  list.className = "mention-options";
  list.id = `${field.id}-mentions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "@");
  list.hidden = true;
  field.after(list);
  field.parentElement.classList.add("mention-field");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-handle]");
    if (!option) return;
    event.preventDefault();
    write(field, option);
  });
  return list;
}

function close(field) {
  asked += 1;
  listOf(field).hidden = true;
  field.removeAttribute("aria-activedescendant");
}

function begun(field) {
  if (field.selectionStart !== field.selectionEnd) return null;
  return MENTION.exec(field.value.slice(0, field.selectionStart));
}

function activate(field, place) {
  const options = [...listOf(field).children];
  const here = options[(place + options.length) % options.length];
  options.forEach((one) => one.setAttribute("aria-selected", String(one === here)));
  field.setAttribute("aria-activedescendant", here.id);
  here.scrollIntoView({ block: "nearest" });
}

function write(field, option) {
  const found = begun(field);
  if (found) {
    const end = field.selectionStart;
    field.setRangeText(`${option.dataset.handle} `, end - found[1].length, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  close(field);
}

async function offer(field) {
  const found = begun(field);
  if (!found) { close(field); return; }
  asked += 1;
  const mine = asked;
  const answer = await fetch(`${field.dataset.mentions}?q=${encodeURIComponent(found[1])}`).catch(() => null);
  if (mine !== asked || !answer?.ok || answer.redirected) return;
  const html = await answer.text();
  if (mine !== asked) return;
  const list = listOf(field);
  list.innerHTML = html;
  list.hidden = !list.children.length;
  if (list.hidden) close(field);
  else activate(field, 0);
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("textarea[data-mentions]")) offer(event.target);
});
document.addEventListener("focusout", (event) => {
  if (event.target.matches?.("textarea[data-mentions]")) close(event.target);
});
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.matches?.("textarea[data-mentions]") || event.isComposing || listOf(field).hidden) return;
  const options = [...listOf(field).children];
  const place = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") activate(field, place + 1);
  else if (event.key === "ArrowUp") activate(field, place - 1);
  else if (event.key === "Enter" || event.key === "Tab") write(field, options[place]);
  else if (event.key === "Escape") close(field);
  else return;
  event.preventDefault();
  event.stopPropagation();
});
