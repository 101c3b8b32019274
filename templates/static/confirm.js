// Beside the clause its condition, beside the condition its clause; and keys for those who like them.
// The page works without: links lead both ways, boxes and folds are plain ones.
"use strict";
(() => {
  const text = document.querySelector(".document");
  const form = document.getElementById("main-form");
  if (!text || !form) return;
  const all = (where, what) => [...where.querySelectorAll(what)];
  const stops = all(form, ".stop");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const smooth = calm ? "auto" : "smooth";

  // ---- what belongs together lights up together ----

  const marksOf = (clause) => all(text, `mark[data-clauses~="${clause}"]`);
  const cardsOf = (mark) => mark.dataset.clauses.split(" ")
    .flatMap((clause) => all(form, `[data-clause="${clause}"]`));

  function light(found) {
    for (const old of all(document, ".lit")) if (!found.includes(old)) old.classList.remove("lit");
    for (const one of found) one.classList.add("lit");
  }

  function fromCard(event) {
    const card = event.target.closest("[data-clause]");
    if (!card) { light([]); return; }
    const marks = marksOf(card.dataset.clause);
    light([card, ...marks]);
    const scrolls = text.scrollHeight > text.clientHeight + 4 && getComputedStyle(text).position === "sticky";
    if (marks.length && scrolls) {
      const place = marks[0].getBoundingClientRect().top - text.getBoundingClientRect().top;
      if (place < 0 || place > text.clientHeight - 40) {
        text.scrollTo({ top: text.scrollTop + place - text.clientHeight / 3, behavior: smooth });
      }
    }
  }

  function fromText(event) {
    const mark = event.target.closest("mark[data-clauses]");
    if (!mark) { light([]); return; }
    const cards = cardsOf(mark);
    light([...mark.dataset.clauses.split(" ").flatMap(marksOf), ...cards]);
    if (cards.length) cards[0].scrollIntoView({ block: "nearest", behavior: smooth });
  }

  form.addEventListener("mouseover", fromCard);
  form.addEventListener("focusin", fromCard);
  text.addEventListener("mouseover", fromText);
  text.addEventListener("focusin", fromText);
  text.addEventListener("click", (event) => {
    const link = event.target.closest("mark a");
    const card = link && document.getElementById(link.hash.slice(1));
    if (card) { event.preventDefault(); goTo(card); }
  });

  // ---- what was selected in the text is where the next condition comes from ----

  const quote = document.getElementById("add-quote");
  document.addEventListener("selectionchange", () => {
    const chosen = document.getSelection();
    const words = chosen.toString().trim();
    const inside = chosen.anchorNode && text.contains(chosen.anchorNode) && text.contains(chosen.focusNode);
    if (quote && inside && words.length > 1 && !words.includes("\n")) quote.value = words;
  });

  // ---- how far somebody is ----

  const box = (stop, what) => stop.querySelector(`:scope > .entry .verdict > .toggle.${what} input`);
  const decided = (stop) => stop.matches(".clause")
    ? Boolean(stop.querySelector("input:checked"))
    : ["yes", "no"].some((what) => box(stop, what)?.checked);

  function tell() {
    const open = stops.filter((stop) => box(stop, "yes") || stop.matches(".clause"));
    const left = open.filter((stop) => !decided(stop)).length;
    document.getElementById("seen").textContent = left
      ? `看过 ${open.length - left} / ${open.length}，确认即认可其余`
      : "都看过了";
  }

  form.addEventListener("change", (event) => {
    const toggle = event.target.closest(".toggle");
    if (toggle && event.target.checked) {
      const other = toggle.matches(".yes") ? "no" : toggle.matches(".no") ? "yes" : "";
      const beside = other && toggle.parentElement.querySelector(`:scope > .toggle.${other} input`);
      if (beside) beside.checked = false;
    }
    tell();
  });
  tell();

  // ---- what was done here is not lost by a wrong click elsewhere ----

  let touched = false;
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("submit", () => { touched = false; });
  window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });

  // ---- keys: one letter, never while somebody types, and they can be switched off ----

  const on = document.getElementById("keys-on");
  try { on.checked = localStorage.getItem("keys") !== "off"; } catch { /* not kept then */ }
  on.addEventListener("change", () => {
    try { localStorage.setItem("keys", on.checked ? "on" : "off"); } catch { /* not kept then */ }
  });

  const here = () => document.activeElement && document.activeElement.closest(".stop");

  function goTo(stop) {
    stop.focus({ preventScroll: true });
    stop.scrollIntoView({ block: "nearest", behavior: smooth });
  }

  function step(by) {
    const at = stops.indexOf(here());
    const next = stops[at < 0 ? (by > 0 ? 0 : stops.length - 1) : at + by];
    if (next) goTo(next);
    else if (by > 0) form.querySelector("button[value=confirm]").focus();
  }

  function press(what) {
    const stop = here();
    const toggle = stop && box(stop, what);
    if (!toggle) return false;
    toggle.click();
    if (toggle.checked) step(1);
    return true;
  }

  function mend() {
    const fold = here()?.querySelector(":scope > .entry .verdict > .mend");
    if (!fold) return false;
    fold.open = true;
    const fields = all(fold, "input:not([type=hidden]), select, textarea").filter((one) => one.offsetParent);
    (fields.find((one) => one.tagName !== "SELECT") || fields[0] || fold.querySelector("summary")).focus();
    return true;
  }

  function decide(number) {
    const radios = here()?.matches(".clause") ? all(here(), "input[type=radio]") : [];
    if (!radios[number]) return false;
    radios[number].click();
    step(1);
    return true;
  }

  const KEYS = {
    j: () => { step(1); return true; },
    k: () => { step(-1); return true; },
    a: () => press("yes"),
    x: () => press("no"),
    e: mend,
    1: () => decide(0),
    2: () => decide(1),
    3: () => decide(2),
  };

  const types = (place) => place.matches("textarea, select, input:not([type=checkbox]):not([type=radio])");

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") {
      const fold = document.activeElement.closest("details.mend[open]");
      if (fold) { fold.open = false; goTo(fold.closest(".line")); }
      return;
    }
    if (!on.checked || types(event.target) || !KEYS[event.key.toLowerCase()]) return;
    if (KEYS[event.key.toLowerCase()]()) event.preventDefault();
  });
})();
