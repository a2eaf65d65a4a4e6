/* First on every page: marks that scripts run, and closes toasts. */
"use strict";
document.documentElement.classList.add("js");

const TOAST_MS = 10000;

function dismissLater(toast) {
  let timer = setTimeout(() => toast.remove(), TOAST_MS);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), TOAST_MS); });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  if (button) button.closest(".toast").remove();
});
document.querySelectorAll("[data-toast]").forEach(dismissLater);

/* A word for everybody: on screen and, by the one live region, for those who listen. */
window.clientela = {
  say(text) {
    const live = document.getElementById("live");
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 50);
  },
  toast(text, isError) {
    const toast = document.createElement("div");
    toast.className = isError ? "toast toast-error" : "toast";
    toast.setAttribute("role", isError ? "alert" : "status");
    toast.textContent = text;
    document.getElementById("toasts").append(toast);
    dismissLater(toast);
  },
};
