/* The rule builder: leave guard, and the focus on what was just added. */
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
}
