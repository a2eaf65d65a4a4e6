/* Forms: what is not saved, Ctrl+S, shown passwords, selects, sorting, forms that send themselves. */
"use strict";

function isChanged(form) {
  return [...form.elements].some((field) => {
    if (!field.name || field.type === "hidden" || field.disabled) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") {
      const options = [...field.options];
      if (!options.some((one) => one.defaultSelected)) return field.selectedIndex > 0;
      return options.some((one) => one.selected !== one.defaultSelected);
    }
    return "defaultValue" in field && field.value !== field.defaultValue;
  });
}

const guarded = document.querySelector("form[data-unsaved]");
if (guarded) {
  const hadErrors = Boolean(guarded.querySelector(".errors"));
  const state = document.querySelector("[data-unsaved-state]");
  let isSending = false;
  const show = () => { if (state) state.hidden = !(hadErrors || isChanged(guarded)); };
  guarded.addEventListener("input", show);
  guarded.addEventListener("change", show);
  guarded.addEventListener("submit", () => { isSending = true; });
  document.querySelector("[data-leave]")?.addEventListener("click", () => { isSending = true; });
  addEventListener("beforeunload", (event) => {
    if (!isSending && isChanged(guarded)) event.preventDefault();
  });
  addEventListener("pageshow", () => { isSending = false; show(); });
  show();
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
  const save = document.querySelector("[data-save]");
  if (!save) return;
  event.preventDefault();
  save.click();
});

/* A second click on the same button sends nothing. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 4000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-password]");
  if (!button) return;
  const field = document.getElementById(button.dataset.showPassword);
  const isShown = field.type === "text";
  field.type = isShown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!isShown));
});

document.addEventListener("change", (event) => {
  if (event.target.closest("form[data-autosubmit]")) event.target.form.requestSubmit();
});

/* A summary's link puts the focus into the field, not only the page there. */
document.addEventListener("click", (event) => {
  const link = event.target.closest(".errors a[href^='#']");
  if (!link) return;
  const field = document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.matches("input, select, textarea") ? field : field.querySelector("input, select, textarea"))?.focus();
});

/* Pages that load Tom Select or SortableJS get them by these attributes. */
function enhance(root) {
  if (window.TomSelect) {
    root.querySelectorAll("select[data-select]:not(.tomselected)").forEach((select) => {
      select.setAttribute("aria-label", select.labels[0]?.textContent.trim() || ""); // the label goes to the new field
      // Without the throttle: Enter right after typing must choose what was typed, not what stood there.
      new window.TomSelect(select, {
        refreshThrottle: 0,
        plugins: select.multiple ? { remove_button: { title: document.body.dataset.removeText } } : {},
        create: select.dataset.select === "create",
        // What was typed to find a choice is done with, and the open list would lie over what comes next.
        onItemAdd() { this.setTextboxValue(""); this.refreshOptions(false); },
        closeAfterSelect: true,
        render: {
          no_results: () => `<div class="no-results">${document.body.dataset.noneText}</div>`,
          option_create: (data, escape) => `<div class="create">${document.body.dataset.addText} <b>${escape(data.input)}</b></div>`,
        },
      });
    });
  }
  if (window.Sortable) {
    root.querySelectorAll("[data-sortable]").forEach((list) => {
      window.Sortable.create(list, {
        handle: "[data-handle]",
        animation: 0,
        onEnd: (event) => { if (event.oldIndex !== event.newIndex) list.dispatchEvent(new CustomEvent("sorted", { bubbles: true, detail: event })); },
      });
    });
  }
}
enhance(document);
document.body.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
