/// Script of the HTML report: sorting and filtering of long tables, details opened for paper.
///
/// Nothing needs it: without script all rows are there, in order.
enum HTMLScript {
  static let text: HTML = """
    (function () {
      "use strict";
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
        var down = now ? now === "ascending" : header.className === "n";
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell) { cell.removeAttribute("aria-sort"); });
        header.setAttribute("aria-sort", down ? "descending" : "ascending");
        var body = table.tBodies[0];
        Array.prototype.slice.call(body.rows)
          .map(function (row, place) { return { row: row, key: value(row, index), place: place }; })
          .sort(function (a, b) { return (down ? -1 : 1) * compare(a.key, b.key) || a.place - b.place; })
          .forEach(function (item) { body.appendChild(item.row); });
      }
      function addFilter(table) {
        var label = document.createElement("label"), input = document.createElement("input");
        var count = document.createElement("span"), rows = Array.prototype.slice.call(table.tBodies[0].rows);
        label.className = "filter";
        label.textContent = "Show rows with ";
        input.type = "search";
        input.placeholder = "address, port, state, rule";
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
      Array.prototype.forEach.call(document.querySelectorAll("table.sortable"), function (table) {
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (header, index) {
          var button = document.createElement("button");
          button.type = "button";
          button.textContent = header.textContent;
          header.textContent = "";
          header.appendChild(button);
          button.addEventListener("click", function () { sort(table, index, header); });
        });
        if (table.tBodies[0].rows.length > 8) { addFilter(table); }
      });
      window.addEventListener("beforeprint", function () {
        Array.prototype.forEach.call(document.querySelectorAll("details"), function (item) { item.open = true; });
      });
    }());

    """
}
