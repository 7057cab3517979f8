/* A draft while it is typed: htmx hands it to the server every three seconds; this keeps a copy on
   the machine until the server has it, says when it cannot be had, and sends it again. */
(() => {
  "use strict";
  const state = document.querySelector("[data-typed]");
  const form = document.querySelector("#draft-form");
  if (!state || !form) return;
  const key = `typed:${state.dataset.typed}`;
  const said = document.querySelector("[data-typed-said]");
  const sign_in = document.querySelector("[data-typed-sign-in]");
  const offer = document.querySelector("[data-typed-offer]");
  const NOT_TYPED = new Set(["csrf_token", "idempotency_key", "seen_draft", "file", "secrecy"]);
  const AGAIN_AFTER = 10_000;
  let trouble = "";
  let again = 0;

  const seen = () => form.elements.seen_draft?.value || "";
  const fields = () =>
    Object.fromEntries([...new FormData(form)].filter(([name]) => !NOT_TYPED.has(name)));
  const same = (one, other) =>
    Object.keys(other).every((name) => (one[name] || "").trim() === (other[name] || "").trim());
  const copy = () => JSON.parse(localStorage.getItem(key) || "null");
  const forget = () => localStorage.removeItem(key);
  const say = (name) => {
    if (trouble === name) return;
    trouble = name;
    said.textContent = said.dataset[name] || "";
    sign_in.hidden = name !== "expired";
  };

  const remember = () => {
    const found = { at: Date.now(), seen: seen(), fields: fields() };
    try {
      localStorage.setItem(key, JSON.stringify(found));
    } catch {
      /* full or forbidden: the server still has it */
    }
  };
  const resend = () => state.dispatchEvent(new CustomEvent("resend"));
  const fill = (found) => {
    for (const [name, value] of Object.entries(found)) {
      if (form.elements[name]) form.elements[name].value = value;
    }
    remember();
    resend();
  };

  form.addEventListener("input", remember);

  /* Sent without the file: that goes with the button. */
  state.addEventListener("htmx:config:request", (event) => {
    for (const name of ["file", "secrecy"]) event.detail.ctx.request.body.delete(name);
    event.detail.ctx.sent = fields();
  });
  state.addEventListener("htmx:finally:request", (event) => {
    const { response, sent } = event.detail.ctx;
    clearTimeout(again);
    if (response?.status === 200) {
      say(trouble && trouble !== "restored" ? "back" : trouble);
      if (same(fields(), sent)) forget();
    } else if (response?.status === 409) say("overtaken");
    else if (response?.status === 401 || response?.status === 400) say("expired");
    else {
      say(response ? "failed" : "offline");
      again = setTimeout(resend, AGAIN_AFTER);
    }
  });
  window.addEventListener("online", () => trouble && resend());
  window.addEventListener("offline", () => say("offline"));
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      say("offline");
      return;
    }
    const found = copy();
    if (found) localStorage.setItem(key, JSON.stringify({ ...found, is_sent: true }));
  });

  /* What an earlier visit could not send: into the fields, or offered when the draft went on. */
  state.addEventListener("htmx:after:init", () => {
    const found = copy();
    if (!found) return;
    const went_on = found.seen !== seen();
    if (same(fields(), found.fields) || (went_on && found.is_sent)) forget();
    else if (!went_on) {
      fill(found.fields);
      say("restored");
    } else {
      offer.hidden = false;
      offer.querySelector("button").addEventListener("click", () => {
        offer.hidden = true;
        fill(found.fields);
      });
    }
  });
})();
