// Counts come by themselves while somebody writes a rule. Without it the buttons do the same.
"use strict";
(() => {
  const form = document.getElementById("main-form");
  const shown = document.getElementById("counts");
  if (!form || !shown) return;
  let waiting = 0;
  let newest = 0;

  async function count() {
    const asked = ++newest;
    const fields = new FormData(form);
    fields.set("act", "trial");
    fields.delete("rule_file");
    shown.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action + "/counts", { method: "POST", body: fields });
      const text = await answer.text();
      if (answer.ok && asked === newest) shown.innerHTML = text;
    } catch {
      // the last figures stay; the button still works
    } finally {
      if (asked === newest) shown.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("input", (event) => {
    if (event.target.name.startsWith("add-")) return;
    clearTimeout(waiting);
    waiting = setTimeout(count, 500);
  });
  count();
})();
