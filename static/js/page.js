/* htmx: CSRF, focus, the live region, errors. Menus, dialogs, copying, the rail. */
"use strict";
const { say, toast } = window.clientela;
const texts = document.body.dataset;

document.body.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.querySelector("meta[name=csrf-token]").content;
});
document.body.addEventListener("htmx:beforeRequest", (event) => {
  event.detail.target?.setAttribute("aria-busy", "true");
});
document.body.addEventListener("htmx:afterRequest", (event) => {
  event.detail.target?.removeAttribute("aria-busy");
});
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.body.addEventListener(name, () => toast(texts.failedText, true));
}
/* A request that a newer one replaced is no error: htmx asks its logger before the console. */
htmx.logger = (_element, name, detail) => {
  if (name === "htmx:sendAbort" || name === "htmx:afterRequest") delete detail.error;
};
addEventListener("offline", () => { document.getElementById("offline").textContent = texts.offlineText; });
addEventListener("online", () => { document.getElementById("offline").textContent = ""; });

/* Focus goes to what asks for it, else to where the control sends it, else to the same control in
   the new part, else to the menu it stood in, else to the part. */
let trail = null;
function trailOf(focused) {
  const button = focused.matches("button[name]") && `button[name="${focused.name}"][value="${CSS.escape(focused.value)}"]`;
  const link = focused.matches("a[href]") && `a[href="${CSS.escape(focused.getAttribute("href"))}"], [aria-current]`;
  const menu = focused.closest("details.menu");
  return [focused.dataset.focusNext, button, link, menu && `details.${[...menu.classList].join(".")} > summary`].filter(Boolean);
}
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const focused = document.activeElement;
  trail = event.detail.target?.contains(focused) ? trailOf(focused) : null;
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  const part = document.getElementById(event.detail.target?.id) || event.detail.elt;
  const wanted = part?.querySelector?.("[data-autofocus]");
  if (wanted) wanted.focus();
  else if (trail && part && document.activeElement === document.body) refocus(part);
  const news = part?.matches?.("[data-live]") ? part : part?.querySelector?.("[data-live]");
  if (news) say(news.dataset.live);
});
function refocus(part) {
  const again = trail.map((selector) => part.querySelector(selector)).find((one) => one?.checkVisibility()) || part;
  if (again === part && !part.hasAttribute("tabindex")) part.tabIndex = -1;
  again.focus({ preventScroll: true });
}
document.querySelector("[data-autofocus]")?.focus();

/* On a phone the side column's sections come folded, above the tabs, but for those that were opened. */
const UNFOLDED = "clientela-unfolded";
const nameOf = (part) => part.querySelector("summary h2").textContent.trim();
const unfolded = () => new Set(JSON.parse(sessionStorage.getItem(UNFOLDED) || "[]"));
function fold() {
  if (!matchMedia("(max-width: 767.98px)").matches) return;
  const kept = unfolded();
  document.querySelectorAll("details.side-fold[open]:not([data-folded])").forEach((part) => {
    part.open = kept.has(nameOf(part));
    part.dataset.folded = "1";
  });
}
fold();
document.body.addEventListener("htmx:afterSettle", fold);
document.addEventListener("click", (event) => {
  const part = event.target.closest("details.side-fold[data-folded] > summary")?.parentElement;
  if (!part) return;
  const kept = unfolded();
  if (part.open) kept.delete(nameOf(part));
  else kept.add(nameOf(part));
  sessionStorage.setItem(UNFOLDED, JSON.stringify([...kept]));
});

/* Of a row of tabs that is wider than the screen, the chosen one is in view. */
function showChosen(part) {
  part.querySelectorAll(":is(.tabs, .plan-tabs, .pills) > [aria-current]").forEach((tab) => {
    const row = tab.parentElement;
    row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  });
}
showChosen(document);

/* On a phone a part of a record is far below its head: who just acted on it goes on there. */
const actedOn = document.querySelector(".toast") && document.querySelector("#record-body > .tabs > [aria-current]:not(:first-child)");
if (actedOn && matchMedia("(max-width: 767.98px)").matches) actedOn.parentElement.scrollIntoView();

document.body.addEventListener("htmx:afterSettle", (event) => showChosen(event.detail.elt));

/* Menus are <details>: one open at a time, closed by Escape, by a click outside, by a choice. */
function closeMenu(menu, keepsDraft) {
  if (!menu.open) return;
  menu.open = false;
  if (!keepsDraft) menu.querySelectorAll("input, select, textarea").forEach(resetField);
}
function resetField(field) {
  if (field.matches("input[type=checkbox], input[type=radio]")) field.checked = field.defaultChecked;
  else if (field.tagName === "SELECT") for (const one of field.options) one.selected = one.defaultSelected;
  else if (field.type !== "hidden") field.value = field.defaultValue;
}
document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-close]");
  if (closer) {
    const menu = closer.closest("details");
    closeMenu(menu);
    menu.querySelector("summary").focus();
    return;
  }
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) closeMenu(menu);
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details.menu[open]") || document.querySelector("details.menu[open]");
  if (!menu) return;
  closeMenu(menu);
  menu.querySelector("summary").focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const panel = event.target.closest("details.menu[open]")?.querySelector(".menu-panel:not(.popover)");
  if (!panel) return;
  const items = [...panel.querySelectorAll(".menu-item")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  const place = items.indexOf(document.activeElement);
  items[(place + step + items.length) % items.length]?.focus();
  event.preventDefault();
});

/* The bell: what it shows is read. */
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".bell[open]")) event.target.querySelector("[data-bell-dot]")?.remove();
}, true);

/* Dialogs: a link with data-dialog shows its page in the dialog. */
const dialog = document.getElementById("dialog");
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link && dialog && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const opener = link.closest("details.menu")?.querySelector("summary") || link;
    htmx.ajax("GET", link.href, { target: "#dialog-body", swap: "innerHTML" }).then(() => {
      dialog.showModal();
      dialog.querySelector("[data-autofocus], input:not([type=hidden]), button")?.focus();
      dialog.addEventListener("close", () => opener.focus(), { once: true });
    });
  }
  if (event.target.closest("[data-close-dialog]") && dialog?.open) {
    event.preventDefault();
    dialog.close();
  }
  if (event.target === dialog) dialog.close();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const shown = document.getElementById(button.dataset.copyOf);
  await navigator.clipboard.writeText(shown ? shown.textContent.trim() : button.dataset.copy);
  toast(texts.copiedText);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-rail-toggle]")) return;
  const isRail = document.documentElement.toggleAttribute("data-rail");
  document.cookie = `rail=${isRail ? 1 : 0};path=/;max-age=31536000;samesite=lax`;
});

/* A chart's tooltip is read from its table. */
document.addEventListener("pointermove", (event) => {
  const plot = event.target.closest?.("[data-chart] .plot");
  document.querySelectorAll(".chart-tip").forEach((tip) => { if (tip.dataset.of !== plot?.dataset.of) tip.remove(); });
  if (plot) showTip(plot, event.clientX);
});
function showTip(plot, x) {
  const chart = plot.closest("[data-chart]");
  const rows = [...chart.querySelectorAll("tbody tr")];
  const box = plot.getBoundingClientRect();
  const isBars = chart.hasAttribute("data-bars");
  const share = Math.min(1, Math.max(0, (x - box.left) / box.width));
  const place = isBars ? Math.min(rows.length - 1, Math.floor(share * rows.length)) : Math.round(share * (rows.length - 1));
  const row = rows[place];
  if (!row) return;
  plot.dataset.of ||= String(Math.random());
  let tip = chart.querySelector(".chart-tip");
  if (!tip) {
    tip = document.createElement("div");
    tip.className = "chart-tip";
    tip.setAttribute("aria-hidden", "true");
    tip.dataset.of = plot.dataset.of;
    chart.append(tip);
  }
  const title = document.createElement("b");
  title.textContent = row.querySelector("th").textContent;
  const list = document.createElement("dl");
  chart.querySelectorAll("thead th[data-tone]").forEach((head, order) => {
    const name = document.createElement("dt");
    const value = document.createElement("dd");
    name.textContent = head.textContent;
    value.textContent = row.children[order + 1].textContent;
    list.append(name, value);
  });
  tip.replaceChildren(title, list);
  const outer = chart.getBoundingClientRect();
  const at = box.left - outer.left + (isBars ? (place + 0.5) / rows.length : place / Math.max(1, rows.length - 1)) * box.width;
  const flips = at + 12 + tip.offsetWidth > outer.width;
  tip.style.left = `${flips ? at - 12 - tip.offsetWidth : at + 12}px`;
  tip.style.top = `${box.top - outer.top + 12}px`;
}
