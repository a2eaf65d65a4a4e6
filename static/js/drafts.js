/* What is typed into a long form (data-draft) stays in this browser until it is saved. It is offered, never filled in by itself. */
(() => {
  "use strict";
  const KEPT = "draft:";
  const LIFE = 24 * 60 * 60 * 1000;
  const SENT_ALONG = ["version", "base"];
  const user = document.querySelector("[data-user]")?.dataset.user || "";

  const keyOf = (name) => `${KEPT}${user}:${name}`;
  function read(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  }
  function forget(key) {
    try { localStorage.removeItem(key); } catch { /* This browser keeps nothing. */ }
  }
  function all() {
    try { return Object.keys(localStorage).filter((key) => key.startsWith(KEPT)); } catch { return []; }
  }

  all().forEach((key) => { if (!(Date.now() - (read(key)?.at || 0) < LIFE)) forget(key); });
  document.querySelectorAll("[data-draft-done]").forEach((one) => forget(keyOf(one.dataset.draftDone)));
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-log-out]")) all().forEach(forget);
  });

  const form = document.querySelector("form[data-draft]");
  if (!form || !user) return;
  const key = keyOf(form.dataset.draft);
  const offer = form.querySelector("[data-draft-offer]");
  const hasErrors = Boolean(form.querySelector(".errors"));
  let waiting = 0;

  const isKept = (field) => field.name && !field.disabled && !["file", "password", "submit", "button"].includes(field.type)
    && (field.type !== "hidden" || SENT_ALONG.includes(field.name));
  function values() {
    const found = {};
    for (const field of form.elements) {
      if (!isKept(field)) continue;
      const held = found[field.name] ||= [];
      if (field.type === "checkbox" || field.type === "radio") { if (field.checked) held.push(field.value); }
      else if (field.tagName === "SELECT") held.push(...[...field.selectedOptions].map((one) => one.value));
      else held.push(field.value);
    }
    return found;
  }
  function typed(held) {
    return JSON.stringify(Object.entries(held).filter(([name]) => !SENT_ALONG.includes(name)).sort());
  }
  const atFirst = typed(values());

  function keep() {
    clearTimeout(waiting);
    waiting = 0;
    const now = values();
    if (!offer.hidden) return;
    if (typed(now) === atFirst && !hasErrors) { forget(key); return; }
    try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: now })); } catch { /* No room: nothing is kept. */ }
  }
  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 400);
  }
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  addEventListener("pagehide", () => { if (waiting) keep(); });
  document.body.addEventListener("campaign-saved", () => { if (!waiting) forget(key); });
  document.querySelector("[data-leave]")?.addEventListener("click", () => { clearTimeout(waiting); waiting = 0; forget(key); });

  function restore(held) {
    for (const field of form.elements) {
      const written = isKept(field) && held[field.name];
      if (!written) continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = written.includes(field.value);
      else if (field.tagName === "SELECT") {
        for (const option of field.options) option.selected = written.includes(option.value);
        field.tomselect?.sync();
      } else field.value = written[0] ?? "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const draft = read(key);
  if (!draft?.values) return;
  if (typed(draft.values) === atFirst) { if (!hasErrors) forget(key); return; }
  const at = new Date(draft.at);
  const time = offer.querySelector("[data-draft-at]");
  time.dateTime = at.toISOString();
  const [day, month, hour, minute] = [at.getDate(), at.getMonth() + 1, at.getHours(), at.getMinutes()].map((one) => String(one).padStart(2, "0"));
  time.textContent = `${day}-${month}-${at.getFullYear()} ${hour}:${minute}`;
  offer.hidden = false;
  offer.querySelector("[data-draft-restore]").addEventListener("click", () => {
    offer.hidden = true;
    restore(draft.values);
    form.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  });
  offer.querySelector("[data-draft-forget]").addEventListener("click", () => {
    offer.hidden = true;
    keep();
  });
})();
