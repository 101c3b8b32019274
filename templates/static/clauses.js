/* Shows where in the document a condition was read. The page works without: each condition quotes its clause. */
(function () {
  "use strict";
  var text = document.querySelector(".document");
  var form = document.querySelector("form.confirm");
  if (!text || !form) { return; }

  function bare(words) {
    return words.replace(/[\s“”"]/g, "");
  }

  function quoteOf(place) {
    var holder = place.closest(".leaf, .line, fieldset.clause, li");
    var said = holder && holder.querySelector("q.from, legend");
    return said ? bare(said.textContent) : "";
  }

  function marksOf(quote) {
    return Array.prototype.filter.call(text.querySelectorAll("mark:not(.legend mark)"), function (mark) {
      var words = bare(mark.textContent);
      return words.length > 1 && (quote.indexOf(words) >= 0 || words.indexOf(quote) >= 0);
    });
  }

  function light(event) {
    var quote = quoteOf(event.target);
    Array.prototype.forEach.call(text.querySelectorAll("mark.lit"), function (mark) {
      mark.classList.remove("lit");
    });
    if (!quote) { return; }
    var marks = marksOf(quote);
    marks.forEach(function (mark) { mark.classList.add("lit"); });
    if (marks.length) {
      text.scrollTop += marks[0].getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 3;
    }
  }

  form.addEventListener("mouseover", light);
  form.addEventListener("focusin", light);
})();
