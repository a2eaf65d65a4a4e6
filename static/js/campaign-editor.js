/* The composer: line numbers, variables, a draft that saves itself, ways of looking at the mail. */
(() => {
  "use strict";
  const SAVE_AFTER = 900;

  /* Line numbers beside the code */
  const code = document.querySelector("textarea[data-code]");
  const gutter = document.querySelector("[data-code-lines]");
  let shownLines = 0;
  function drawLines() {
    const count = code.value.split("\n").length;
    if (count !== shownLines) {
      gutter.textContent = Array.from({ length: count }, (_, place) => place + 1).join("\n");
      shownLines = count;
    }
    gutter.scrollTop = code.scrollTop;
  }

  function insert(field, text) {
    field.focus();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function indent(event) {
    if (event.key === "Escape") { code.dataset.leaving = "1"; return; }
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      openVariables();
      return;
    }
    if (event.key !== "Tab" || code.dataset.leaving) { if (event.key !== "Shift") delete code.dataset.leaving; return; }
    event.preventDefault();
    const start = code.value.lastIndexOf("\n", code.selectionStart - 1) + 1;
    const lines = code.value.slice(start, code.selectionEnd).split("\n");
    if (lines.length === 1 && !event.shiftKey) { insert(code, "  "); return; }
    const moved = lines.map((line) => (event.shiftKey ? line.replace(/^ {1,2}/, "") : "  " + line)).join("\n");
    const end = code.selectionEnd;
    code.setRangeText(moved, start, end, "select");
    code.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function openVariables() {
    const menu = document.querySelector("[data-variables]");
    if (!menu) return;
    menu.closest("details").open = true;
    const first = menu.querySelector("button");
    if (first) first.focus();
  }

  if (code && gutter) {
    code.addEventListener("input", drawLines);
    code.addEventListener("scroll", drawLines, { passive: true });
    code.addEventListener("keydown", indent);
    drawLines();
  }

  /* Variables go where the cursor was last */
  let target = code;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("textarea[data-code], textarea[data-insertable], #id_subject, #id_preheader")) target = event.target;
  });
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-insert]");
    if (chosen && target) {
      const menu = chosen.closest("details");
      if (menu) menu.open = false;
      insert(target, chosen.dataset.insert);
    }
    const line = event.target.closest("[data-goto-line]");
    if (line) goTo(Number(line.dataset.gotoLine));
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest && event.target.closest("[data-variables]");
    if (!menu || !["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape") { menu.closest("details").open = false; if (target) target.focus(); return; }
    const all = [...menu.querySelectorAll("button")];
    const next = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    (all[next] || all[0]).focus();
  });

  function goTo(line) {
    const lines = code.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    code.focus();
    code.setSelectionRange(start, start + (lines[line - 1] || "").length);
    code.scrollTop = Math.max(0, (line - 4) * 18);
    drawLines();
  }

  /* The draft saves itself; one save at a time, the newest text wins */
  const form = document.querySelector("form[data-composer]");
  if (form) {
    let timer = 0;
    let saving = false;
    let isDirty = false;
    let isLeaving = false;
    let wasSaved = false;
    let then = null;
    const save = () => {
      if (saving || isLeaving) return;
      isDirty = false;
      saving = true;
      wasSaved = false;
      form.dispatchEvent(new Event("composer-save"));
    };
    const later = () => {
      isDirty = true;
      clearTimeout(timer);
      timer = setTimeout(save, SAVE_AFTER);
    };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.target && event.detail.target.id !== "composer-status") return;
      saving = false;
      if (isDirty) { later(); return; }
      const act = then;
      then = null;
      if (act && wasSaved) { isLeaving = true; act(); }
    });
    document.body.addEventListener("campaign-saved", () => { wasSaved = true; });
    /* Whoever goes on while a save is on its way would race their own words: the save goes first. */
    const afterSave = (event, act) => {
      event.preventDefault();
      then = act;
      clearTimeout(timer);
      save();
    };
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
        event.preventDefault();
        clearTimeout(timer);
        save();
      }
    });
    form.addEventListener("submit", (event) => {
      if (saving && !isLeaving) afterSave(event, () => form.requestSubmit(event.submitter));
      else isLeaving = true;
    });
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]:not([data-dialog], [data-preview-mode], [data-palette-open], [target])");
      if (!link || event.ctrlKey || event.metaKey || link.hash || !(saving || isDirty)) return;
      afterSave(event, () => location.assign(link.href));
    });
    window.addEventListener("pageshow", () => { isLeaving = false; });
    window.addEventListener("beforeunload", (event) => {
      if ((isDirty || saving) && !isLeaving) event.preventDefault();
    });
  }

  /* Another way to look at the mail, without leaving the page */
  document.addEventListener("click", (event) => {
    const mode = event.target.closest("[data-preview-mode]");
    const box = document.getElementById("preview");
    const frame = box && box.querySelector(".preview-frame");
    if (!mode || !frame || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    for (const one of box.querySelectorAll("[data-preview-mode]")) one.removeAttribute("aria-current");
    mode.setAttribute("aria-current", "true");
    const name = mode.dataset.previewMode;
    frame.className = "preview-frame preview-" + name;
    frame.src = frame.src.replace(/mode=\w+/, "mode=" + name);
    const mail = document.getElementById("preview-mail");
    const again = mail.getAttribute("hx-get");
    if (again) { mail.setAttribute("hx-get", again.replace(/mode=\w+/, "mode=" + name)); window.htmx.process(mail); }
  });
})();
