/* The rule builder: leave guard, keys that move a line, and dragging it. */
"use strict";

const ruleForm = document.querySelector("[data-rule-form]");
if (ruleForm) {
  let isLeaving = false;
  let isTouched = false;
  ruleForm.addEventListener("input", () => { isTouched = true; });
  ruleForm.addEventListener("submit", () => { isLeaving = true; });
  ruleForm.querySelector("[data-leave]")?.addEventListener("click", () => { isLeaving = true; });
  addEventListener("beforeunload", (event) => {
    const isDirty = isTouched && ruleForm.querySelector("#builder[data-dirty]");
    if (!isLeaving && isDirty) event.preventDefault();
  });
  addEventListener("pageshow", () => { isLeaving = false; });

  /* Enter in a field means "done with it", never the first button of the form. */
  ruleForm.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("#builder input")) return;
    event.preventDefault();
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });

  /* Alt with an arrow does what the buttons of the line's menu do. */
  ruleForm.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const line = event.target.closest("[data-node]");
    if (!line) return;
    event.preventDefault();
    document.getElementById(`${line.dataset.node}-${event.key === "ArrowUp" ? "up" : "down"}`)?.click();
  });

  takeChoicesWhenKeysRest(ruleForm);

  ruleForm.addEventListener("pointerdown", (event) => {
    const line = event.target.closest("[data-grip]")?.closest("[data-node]");
    if (line && event.button === 0) dragLine(line, event);
  });
}

/* A choice by keyboard is taken once the keys rest: the first letters of a name pass other choices
   on their way, and the line would be drawn anew under the hand that types. Enter and leaving the
   field take it at once. */
const KEYS_REST_MS = 600;
function takeChoicesWhenKeysRest(form) {
  let waiting = null;
  let timer = 0;
  let lastKey = -Infinity;
  const take = () => {
    clearTimeout(timer);
    const field = waiting;
    waiting = null;
    if (field?.isConnected) field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const rest = () => {
    clearTimeout(timer);
    timer = setTimeout(take, KEYS_REST_MS);
  };
  form.addEventListener("keydown", (event) => {
    if (!event.target.matches("#builder select")) return;
    lastKey = event.key === "Enter" ? -Infinity : event.timeStamp;
    if (waiting) event.key === "Enter" ? take() : rest();
  });
  form.addEventListener("change", (event) => {
    const isTyped = event.isTrusted && event.timeStamp - lastKey < KEYS_REST_MS;
    if (!isTyped || !event.target.matches("#builder select")) return;
    event.stopPropagation();
    waiting = event.target;
    rest();
  }, true);
  form.addEventListener("focusout", (event) => {
    if (event.target === waiting) take();
  });
}

/* A line by its grip, with mouse, pen or finger. It goes before the line that is marked: the server
   moves it and draws the tree anew. Escape leaves everything as it was. */
function dragLine(line, start) {
  const grip = start.target.closest("[data-grip]");
  const tree = line.parentElement;
  const taken = [line, ...carried(line)];
  let below = null;
  start.preventDefault();
  grip.setPointerCapture(start.pointerId);
  taken.forEach((one) => one.classList.add("is-carried"));

  const mark = (found) => {
    below?.classList.remove("is-below");
    below = found;
    below?.classList.add("is-below");
  };
  const move = (event) => {
    const over = document.elementFromPoint(event.clientX, event.clientY)?.closest(".rule-line");
    if (!over || over.parentElement !== tree) return;
    const box = over.getBoundingClientRect();
    const isUpper = event.clientY < box.top + box.height / 2;
    const found = isUpper && over.dataset.place ? over : over.nextElementSibling ?? over;
    const isOwn = taken.includes(found) && found !== line;
    mark(found.dataset.place && !isOwn ? found : null);
  };
  const end = (event) => {
    grip.removeEventListener("pointermove", move);
    removeEventListener("keydown", escape, true);
    ["pointerup", "pointercancel"].forEach((name) => grip.removeEventListener(name, end));
    taken.forEach((one) => one.classList.remove("is-carried"));
    const place = event.type === "pointerup" && below !== line ? below?.dataset.place : "";
    mark(null);
    if (!place) return;
    const drop = document.querySelector("[data-drop]");
    drop.value = `move:${line.dataset.node}>${place}`;
    drop.click();
  };
  const escape = (event) => {
    if (event.key === "Escape") end(event);
  };
  grip.addEventListener("pointermove", move);
  ["pointerup", "pointercancel"].forEach((name) => grip.addEventListener(name, end));
  addEventListener("keydown", escape, true);
}

/* The lines that go with a group: from its head to its foot. */
function carried(head) {
  const lines = [];
  if (!head.classList.contains("rule-group")) return lines;
  for (let line = head.nextElementSibling; line; line = line.nextElementSibling) {
    lines.push(line);
    if (line.dataset.ends === head.dataset.node) break;
  }
  return lines;
}
