/// Script of the HTML report: sorting and filtering of tables, copying of commands, details opened for paper.
///
/// Nothing needs it: without script all rows are there, in order. It is the only script that the page's security policy
/// lets run, so whoever adds to it adds to ``text``.
enum HTMLScript {
  static let text: HTML = "\n(function () {\n  \"use strict\";\n\(tables)\(commands)\(details)\(HTMLZoom.text)}());\n"

  private static let tables: HTML = """
      function each(list, action) { Array.prototype.forEach.call(list, action); }
      function make(name, text, kind) {
        var element = document.createElement(name);
        if (text) { element.textContent = text; }
        if (kind) { element.className = kind; }
        return element;
      }
      function value(row, index) {
        var cell = row.cells[index];
        return cell.hasAttribute("data-v") ? cell.getAttribute("data-v") : cell.textContent;
      }
      function compare(a, b) {
        var x = Number(a), y = Number(b);
        if (a !== "" && b !== "" && !isNaN(x) && !isNaN(y)) { return x - y; }
        return a < b ? -1 : a > b ? 1 : 0;
      }
      function sort(table, index, header) {
        var now = header.getAttribute("aria-sort");
        var down = now === "none" ? header.className === "n" && index > 0 : now === "ascending";
        each(table.tHead.rows[0].cells, function (cell) { cell.setAttribute("aria-sort", "none"); });
        header.setAttribute("aria-sort", down ? "descending" : "ascending");
        var body = table.tBodies[0];
        Array.prototype.slice.call(body.rows)
          .map(function (row, place) { return { row: row, key: value(row, index), place: place }; })
          .sort(function (a, b) { return (down ? -1 : 1) * compare(a.key, b.key) || a.place - b.place; })
          .forEach(function (item) { body.appendChild(item.row); });
      }
      function addFilter(table) {
        var label = make("label", "Show rows with ", "filter"), input = make("input"), count = make("span");
        var rows = Array.prototype.slice.call(table.tBodies[0].rows);
        input.type = "search";
        input.placeholder = "words, any order";
        count.setAttribute("role", "status");
        input.addEventListener("input", function () {
          var words = input.value.toLowerCase().split(/\\s+/), shown = 0;
          rows.forEach(function (row) {
            var text = row.textContent.toLowerCase();
            row.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
            if (!row.hidden) { shown += 1; }
          });
          count.textContent = input.value ? shown + " of " + rows.length : "";
        });
        label.appendChild(input);
        label.appendChild(count);
        table.parentNode.parentNode.insertBefore(label, table.parentNode);
      }
      each(document.querySelectorAll("table.sortable"), function (table) {
        if (table.tBodies[0].rows.length > 1) {
          each(table.tHead.rows[0].cells, function (header, index) {
            var button = make("button", header.textContent);
            button.type = "button";
            header.textContent = "";
            header.setAttribute("aria-sort", "none");
            header.appendChild(button);
            button.addEventListener("click", function () { sort(table, index, header); });
          });
        }
        if (table.tBodies[0].rows.length > 8) { addFilter(table); }
      });

    """

  private static let commands: HTML = """
      function selectText(element) {
        var range = document.createRange(), selection = window.getSelection();
        range.selectNodeContents(element);
        selection.removeAllRanges();
        selection.addRange(range);
      }
      each(document.querySelectorAll("pre.cmd"), function (block) {
        var text = block.textContent.replace(/\\n$/, ""), button = make("button", "Copy", "copy");
        var done = make("span", "", "done"), box = make("div", "", "copies");
        button.type = "button";
        button.setAttribute("aria-label", "Copy " + text.split("\\n")[0]);
        done.setAttribute("role", "status");
        button.addEventListener("click", function () {
          function tell(words) {
            done.textContent = words;
            setTimeout(function () { done.textContent = ""; }, 2000);
          }
          function byHand() {
            selectText(block);
            tell(document.execCommand("copy") ? "Copied" : "Selected: press Ctrl+C");
          }
          if (navigator.clipboard) {
            navigator.clipboard.writeText(text).then(function () { tell("Copied"); }, byHand);
          } else {
            byHand();
          }
        });
        block.parentNode.insertBefore(box, block);
        box.appendChild(block);
        box.appendChild(button);
        box.appendChild(done);
      });

    """

  private static let details: HTML = """
      function openTarget() {
        var target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
        if (target && target.tagName === "DETAILS") { target.open = true; }
      }
      window.addEventListener("hashchange", openTarget);
      openTarget();
      window.addEventListener("beforeprint", function () {
        each(document.querySelectorAll("details"), function (item) { item.open = true; });
      });

    """
}
