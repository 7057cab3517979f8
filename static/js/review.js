/* Reading reports: the boxes over the page, the keys, and verdicts gathered until they are
   confirmed. Without this file every button is a form or a link of its own. */
(() => {
  "use strict";
  const kept = (person) => `review:${person}`;
  const read = (person) => new Map(JSON.parse(sessionStorage.getItem(kept(person)) || "[]"));
  const write = (person, found) => sessionStorage.setItem(kept(person), JSON.stringify([...found]));

  /* What was carried out is no longer waiting to be. */
  const done = document.querySelector("[data-review-done]");
  if (done) {
    const left = read(done.dataset.person);
    for (const id of done.dataset.reviewDone.split(" ")) left.delete(id);
    write(done.dataset.person, left);
  }

  const root = document.querySelector("[data-review]");
  if (!root) return;
  const { person } = root.dataset;
  const is_staged = "staged" in root.dataset;

  /* ---- the boxes: a reason to begin with, Enter records it ---------------------------------- */
  const open = (id) => {
    const box = root.querySelector(`#${id}`);
    if (!box) return false;
    box.showModal();
    return true;
  };
  const start_with = (button) => {
    const { reason, note, missing } = button.closest("dialog").querySelector("form").elements;
    const first = reason || note;
    if (missing) {
      first.value = button.dataset.reason;
      missing.value = button.dataset.missing;
    } else first.value = `${button.dataset.reason} ${button.dataset.missing}`;
    first.focus();
    first.setSelectionRange(first.value.length, first.value.length);
  };
  const is_typing = (target) =>
    target.matches("input:not([type=radio], [type=checkbox]), textarea, select");

  root.addEventListener("click", (event) => {
    const target = event.target.closest("[data-opens], [data-reason], [data-close]");
    if (!target) return;
    if (target.dataset.opens) {
      if (open(target.dataset.opens)) event.preventDefault();
      else if (is_staged) {
        event.preventDefault();
        say(root.dataset.saidCannot);
      }
    } else if ("close" in target.dataset) target.closest("dialog").close();
    else start_with(target);
  });
  root.addEventListener("keydown", (event) => {
    const box = event.target.closest("dialog");
    if (!box || event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && event.target.matches("textarea")) {
      event.preventDefault();
      const form = box.querySelector("form");
      form.requestSubmit(form.querySelector("[type=submit]"));
    }
  });

  /* ---- single keys: never while somebody types, never with another key held ----------------- */
  if ("shortcuts" in root.dataset) {
    document.addEventListener("keydown", (event) => {
      const held = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
      if (held || event.isComposing || event.defaultPrevented || is_typing(event.target)) return;
      const box = root.querySelector("dialog[open]");
      const wanted = box
        ? box.querySelector(`[aria-keyshortcuts="${CSS.escape(event.key)}"]`)
        : root.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]:not([hidden])`);
      if (!wanted) return;
      event.preventDefault();
      wanted.click();
    });
  }
  if (!is_staged) return;

  /* ---- verdicts gathered -------------------------------------------------------------------- */
  const decided = read(person);
  const past = [];
  const skipped = new Set();
  const links = [...root.querySelectorAll("[data-queue] a[data-cycle]")];
  const finish = root.querySelector("[data-finish]");
  const undo = root.querySelector('[data-does="undo"]');
  const ahead = new Map();
  let is_busy = false;

  const item = () => root.querySelector("[data-item]");
  const link_of = (id) => links.find((link) => link.dataset.cycle === id);
  const label_of = (id) => link_of(id)?.dataset.label || "";
  const say = (words) => {
    root.querySelector("[data-said]").textContent = words;
  };
  const told = (words, id, what = "") =>
    words.replace("{which}", label_of(id)).replace("{what}", what);

  const paint = () => {
    const { item: now } = item().dataset;
    for (const link of links) {
      const id = link.dataset.cycle;
      const mark = decided.get(id)?.word || (skipped.has(id) ? root.dataset.wordSkipped : "");
      link.querySelector("[data-mark]").textContent = mark;
      if (id === now) {
        link.setAttribute("aria-current", "true");
        const box = link.closest("nav");
        box.scrollTop = link.offsetTop - box.clientHeight / 2;
      } else link.removeAttribute("aria-current");
    }
    finish.querySelector("[data-count]").textContent = decided.size;
    finish.hidden = decided.size === 0;
    undo.hidden = past.length === 0;
    root.classList.toggle("dd-review-ended", !following() && !finish.hidden);
  };

  const following = () => {
    const at = links.findIndex((link) => link.dataset.cycle === item().dataset.item);
    const is_open = (link) => !decided.has(link.dataset.cycle) && !skipped.has(link.dataset.cycle);
    return [...links.slice(at + 1), ...links.slice(0, at + 1)].find(is_open)?.dataset.cycle;
  };

  const fetched = (id) => {
    if (!ahead.has(id)) {
      const asked = fetch(link_of(id).href).then(async (answer) => {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.querySelector("[data-item]");
        if (!found) throw new Error(answer.status);
        return found;
      });
      asked.catch(() => ahead.delete(id));
      ahead.set(id, asked);
    }
    return ahead.get(id);
  };

  const go = async (id) => {
    if (is_busy) return;
    is_busy = true;
    try {
      const found = await fetched(id);
      ahead.delete(id); // read again next time: it may have changed
      item().replaceWith(document.importNode(found, true));
      history.replaceState(null, "", link_of(id).href);
      item().querySelector("[data-heading]").focus({ preventScroll: true });
      scrollTo({ top: 0 });
    } catch {
      say(root.dataset.saidAway);
    }
    is_busy = false;
    paint();
    const next = following();
    if (next) fetched(next).catch(() => {});
  };

  const go_on = (words) => {
    const next = following();
    paint();
    if (next) {
      say(words);
      go(next);
      return;
    }
    say(`${words} ${root.dataset.saidEnd}`);
    if (!finish.hidden) finish.querySelector("button").focus({ preventScroll: true });
  };

  const take = (form, word) => {
    const id = item().dataset.item;
    const fields = Object.fromEntries(new FormData(form));
    delete fields.csrf_token;
    delete fields.idempotency_key;
    if (form.id === "verdict-form" && fields.verdict === "") fields.verdict = "verify";
    past.push({ id, was: decided.get(id), skipped: skipped.delete(id) });
    decided.set(id, { cycle_id: Number(id), act: form.action.split("/").pop(), fields, word });
    write(person, decided);
    go_on(told(root.dataset.saidTaken, id, word));
  };

  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (form === finish) {
      const given = [...decided.values()].map(({ cycle_id, act, fields }) => ({
        cycle_id,
        act,
        fields,
      }));
      form.elements.decisions.value = JSON.stringify(given);
      return;
    }
    event.preventDefault();
    if (is_busy || !form.reportValidity()) return;
    const word = event.submitter.firstChild.textContent.trim();
    form.closest("dialog")?.close();
    take(form, word);
  });

  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-cycle]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      go(link.dataset.cycle);
      return;
    }
    const does = event.target.closest("[data-does]")?.dataset.does;
    if (does === "take" && !root.querySelector("#verdict-form")) say(root.dataset.saidCannot);
    if (does === "skip") {
      event.preventDefault();
      if (is_busy) return;
      const id = item().dataset.item;
      past.push({ id, was: decided.get(id), skipped: skipped.has(id) });
      skipped.add(id);
      go_on(told(root.dataset.saidSkipped, id));
    }
    if (does === "undo" && !is_busy && past.length) {
      const last = past.pop();
      skipped.delete(last.id);
      if (last.skipped) skipped.add(last.id);
      if (last.was) decided.set(last.id, last.was);
      else decided.delete(last.id);
      write(person, decided);
      say(told(root.dataset.saidUndone, last.id));
      go(last.id);
    }
  });

  // Verdicts on reports that left the queue meanwhile stay: the page that confirms says why not.
  paint();
  const next = following();
  if (next && next !== item().dataset.item) fetched(next).catch(() => {});
})();
