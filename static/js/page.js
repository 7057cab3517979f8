/* Comforts for every page. Without this file everything still works: forms post, links lead. */
(() => {
  "use strict";

  /* A form that came back: the eye and the reader go to its mistakes. */
  document.querySelector("[data-error-summary]")?.focus();

  /* One press, one sending. The server would answer a second one alike; this spares the wait. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button[type=submit]")) {
      button.setAttribute("aria-disabled", "true");
    }
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button[aria-disabled]")) {
        button.removeAttribute("aria-disabled");
      }
    }
  });

  /* Five minutes before a session ends by itself: say so, and let one press go on with it. */
  const warning = document.querySelector("[data-session]");
  if (warning) {
    let ending = 0;
    const wait = () => {
      warning.hidden = true;
      clearTimeout(ending);
      const show = () => {
        warning.hidden = false;
      };
      ending = setTimeout(show, Math.max(Number(warning.dataset.session) - 5, 1) * 60_000);
    };
    warning.querySelector("button").addEventListener("click", async () => {
      const answer = await fetch("/account", { method: "HEAD" });
      if (answer.redirected) location.reload();
      else wait();
    });
    document.addEventListener("htmx:finally:request", wait);
    wait();
  }

  /* Who signs out leaves nothing of his words on this machine. */
  document.addEventListener("submit", (event) => {
    if (!event.target.matches('[action$="/sign-out"]')) return;
    for (const kept of [localStorage, sessionStorage]) {
      for (const key of Object.keys(kept)) {
        if (/^(typed|review):/.test(key)) kept.removeItem(key);
      }
    }
  });

  /* Words typed and not sent: ask before they are lost. */
  const typed = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-guard-unsaved]");
    if (form) typed.add(form);
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...typed].some((form) => form.isConnected && !form.dataset.sent)) event.preventDefault();
  });

  /* A whole row leads where its first link leads; selecting text in it does not. */
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("tr[data-href]");
    if (!row || event.defaultPrevented || event.target.closest("a, button, input, label, summary")) {
      return;
    }
    if (String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else location.assign(row.dataset.href);
  });

  /* A menu closes when the work goes on elsewhere. */
  const close = (except) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (menu !== except) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => close(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("details[data-menu][open]");
    close(null);
    menu?.querySelector("summary").focus();
  });

  /* Words to be taken elsewhere: the field holds them for who has no clipboard or no script. */
  for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    const is_copied = await (navigator.clipboard?.writeText(field.value) ?? Promise.reject()).then(
      () => true,
      () => document.execCommand("copy"),
    );
    if (is_copied) button.textContent = button.dataset.copied;
  });

  /* A number beside the last one: how far apart they are, in Vietnamese writing. */
  const number = (typed) => {
    const has_groups = typed.includes(",") || /^-?\d{1,3}(\.\d{3})+$/.test(typed.trim());
    const bare = (has_groups ? typed.replaceAll(".", "") : typed).replace(",", ".").trim();
    return bare === "" ? NaN : Number(bare);
  };
  const written = new Intl.NumberFormat("vi-VN", { signDisplay: "always" });
  for (const output of document.querySelectorAll("output[data-last]")) {
    const input = document.getElementById(output.htmlFor.value);
    input.addEventListener("input", () => {
      const apart = number(input.value) - number(output.dataset.last);
      const is_told = Number.isFinite(apart) && apart !== 0;
      output.textContent = is_told
        ? output.dataset.said.replace("{n}", written.format(apart))
        : "";
    });
  }

  /* Files dropped on the field; what was chosen is read back, and a too big one is told at once. */
  const tell = (zone, input) => {
    const output = zone.querySelector("output");
    const limit = Number(zone.dataset.maxBytes);
    const files = [...input.files];
    const heavy = files.some((file) => file.size > limit);
    output.textContent = heavy ? zone.dataset.tooBig : files.map((file) => file.name).join(", ");
    if (heavy) input.value = "";
    else if (files.length && "sends" in zone.dataset) input.form.requestSubmit();
  };
  for (const zone of document.querySelectorAll("[data-file-drop]")) {
    const input = zone.querySelector("input[type=file]");
    input.addEventListener("change", () => tell(zone, input));
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("dd-over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("dd-over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("dd-over");
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
})();
