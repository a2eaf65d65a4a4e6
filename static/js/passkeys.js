/* Passkeys: ask the server, let the device answer, send the answer with the form around the button. */
"use strict";

const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const textOf = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const keysOf = (keys) => (keys || []).map((key) => ({ ...key, id: bytesOf(key.id) }));

async function asked(part) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: part.closest("form").elements.csrfmiddlewaretoken.value });
  const answer = await fetch(part.dataset.ask, { method: "POST", body, headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.message);
  return told.publicKey;
}

async function made(question) {
  const user = { ...question.user, id: bytesOf(question.user.id) };
  return navigator.credentials.create({
    publicKey: { ...question, user, challenge: bytesOf(question.challenge), excludeCredentials: keysOf(question.excludeCredentials) },
  });
}

async function used(question) {
  return navigator.credentials.get({
    publicKey: { ...question, challenge: bytesOf(question.challenge), allowCredentials: keysOf(question.allowCredentials) },
  });
}

function written(credential) {
  const { response } = credential;
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = textOf(response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: textOf(credential.rawId), type: credential.type, response: parts, clientExtensionResults: {} });
}

async function answer(part) {
  const form = part.closest("form");
  const button = part.querySelector("button");
  const message = part.querySelector("[role=alert]");
  if (part.dataset.passkey === "create" && !form.reportValidity()) return;
  message.textContent = "";
  button.disabled = true;
  try {
    const question = await asked(part);
    const credential = await (part.dataset.passkey === "create" ? made(question) : used(question));
    part.querySelector("input[type=hidden]").value = written(credential);
    form.submit();
  } catch (error) {
    button.disabled = false;
    const known = { InvalidStateError: part.dataset.known, NotAllowedError: part.dataset.stopped, Error: error.message };
    message.textContent = known[error.name] || part.dataset.stopped;
  }
}

for (const part of document.querySelectorAll("[data-passkey]")) {
  if (!window.isSecureContext || !window.PublicKeyCredential) {
    part.querySelector("button").hidden = true;
    part.querySelector("[role=alert]").textContent = part.dataset.unable || "";
  } else {
    part.querySelector("button").addEventListener("click", () => answer(part));
  }
}
