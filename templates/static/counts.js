// Counts, sentences and errors come by themselves while somebody writes a rule. Without it the buttons do the same.
"use strict";
(() => {
  const form = document.getElementById("main-form");
  const shown = document.getElementById("counts");
  const tally = document.getElementById("tally");
  if (!form || !shown || !tally) return;
  document.documentElement.classList.add("counts-alone");
  const NAMES = ["eligible", "possible", "subscribed"];
  const first = figures();
  let waiting = 0;
  let newest = 0;

  function figures() {
    const said = tally.querySelector("dl");
    return said ? NAMES.map((name) => Number(said.dataset[name])) : null;
  }

  function tellDifference() {
    const now = figures();
    if (!first || !now) return;
    tally.querySelectorAll("dd").forEach((dd, place) => {
      const by = place < NAMES.length ? now[place] - first[place] : 0;
      if (!by) return;
      const note = document.createElement("small");
      note.textContent = by > 0 ? `+${by}` : `−${-by}`;
      dd.append(" ", note);
    });
  }

  function tellLine(told) {
    const card = document.getElementById(told.dataset.line);
    if (!card) return;
    const said = card.querySelector(":scope > .entry > .says .asks");
    if (said && told.textContent && card.matches(".leaf")) {
      said.textContent = told.textContent;
      card.setAttribute("aria-label", told.textContent);
    }
    const how = card.querySelector(":scope > .entry .mend > .how");
    let error = how && how.querySelector(":scope > .error");
    card.classList.toggle("bad", Boolean(told.dataset.error));
    if (!how || (!error && !told.dataset.error)) return;
    if (!error) {
      error = document.createElement("p");
      error.className = "error";
      how.prepend(error);
    }
    error.textContent = told.dataset.error;
    error.hidden = !told.dataset.error;
  }

  async function count() {
    const asked = ++newest;
    const fields = new FormData(form);
    fields.set("act", "trial");
    fields.delete("rule_file");
    tally.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action + "/counts", { method: "POST", body: fields });
      const text = await answer.text();
      if (answer.ok && asked === newest) {
        const told = document.createElement("template");
        told.innerHTML = text;
        tally.replaceChildren(...told.content.querySelector("#fresh-tally").children);
        told.content.querySelectorAll("#fresh-lines li").forEach(tellLine);
        told.content.querySelectorAll("#fresh-tally, #fresh-lines").forEach((one) => one.remove());
        shown.replaceChildren(...told.content.children);
        tellDifference();
      }
    } catch {
      // the last figures stay; the button still works
    } finally {
      if (asked === newest) tally.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("input", (event) => {
    const name = event.target.name || "";
    if (name.startsWith("add-") || name.endsWith("-seen")) return;
    clearTimeout(waiting);
    waiting = setTimeout(count, event.target.type === "checkbox" ? 50 : 400);
  });
})();
