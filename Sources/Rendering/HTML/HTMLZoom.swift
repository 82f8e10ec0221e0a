/// Script of the pictures: looking closer by dragging or with the keys, and the way from a listed frame to its point.
///
/// A part of the page's one script, whose helpers it uses. Nothing needs it: without script the whole picture is there, with words to hover over and a table behind.
enum HTMLZoom {
  static let text: HTML = HTML([zoom, links])

  private static let zoom: HTML = """
      function numbers(text) { return text.split(" ").map(Number); }
      function digits(step) { return Math.max(0, Math.min(9, 1 - Math.floor(Math.log10(step)))); }
      function setup(picture) {
        var plots = picture.querySelectorAll("svg.plot");
        if (plots.length !== 1) { return; }
        var plot = plots[0], whole = numbers(plot.getAttribute("viewBox")), view = whole.slice(), from = null;
        var marks = plot.querySelectorAll("[transform]"), button = document.createElement("button");
        var pull = document.createElementNS(picture.namespaceURI, "rect");
        var labels = [];
        each(picture.querySelectorAll("text.tx,text.ty"), function (label) {
          labels.push({ node: label, text: label.textContent, isTime: label.classList.contains("tx") });
        });
        pull.setAttribute("class", "pull");
        button.type = "button";
        button.textContent = "Show all of it";
        button.hidden = true;
        picture.closest("figure").querySelector("figcaption").appendChild(button);
        picture.classList.add("canzoom");
        function show() {
          var sx = view[2] / whole[2], sy = view[3] / whole[3], isWhole = sx === 1 && sy === 1;
          plot.setAttribute("viewBox", view.join(" "));
          plot.classList.toggle("zoomed", !isWhole);
          button.hidden = isWhole;
          each(marks, function (mark) {
            var place = mark.getAttribute("transform").split(")")[0] + ")";
            mark.setAttribute("transform", isWhole ? place : place + " scale(" + sx + " " + sy + ")");
          });
          labels.forEach(function (label) {
            var ends = numbers(plot.getAttribute(label.isTime ? "data-t" : "data-v")), size = ends[1] - ends[0], share;
            if (isWhole) { label.node.textContent = label.text; return; }
            if (label.isTime) {
              share = (view[0] + (Number(label.node.getAttribute("x")) - whole[0]) * sx - whole[0]) / whole[2];
            } else {
              share = 1 - (view[1] + (Number(label.node.getAttribute("y")) - 4 - whole[1]) * sy - whole[1]) / whole[3];
            }
            label.node.textContent = (ends[0] + share * size).toFixed(digits(size * (label.isTime ? sx : sy) / 10));
          });
        }
        function look(x, y, width, height) {
          width = Math.min(whole[2], Math.max(whole[2] / 4000, width));
          height = Math.min(whole[3], Math.max(whole[3] / 4000, height));
          x = Math.min(whole[0] + whole[2] - width, Math.max(whole[0], x));
          y = Math.min(whole[1] + whole[3] - height, Math.max(whole[1], y));
          view = [x, y, width, height];
          show();
        }
        function all() { view = whole.slice(); show(); }
        function place(event) {
          var point = plot.createSVGPoint();
          point.x = event.clientX;
          point.y = event.clientY;
          return point.matrixTransform(picture.getScreenCTM().inverse());
        }
        function stretch(event) {
          var to = place(event);
          pull.setAttribute("x", Math.min(from.x, to.x));
          pull.setAttribute("y", Math.min(from.y, to.y));
          pull.setAttribute("width", Math.abs(to.x - from.x));
          pull.setAttribute("height", Math.abs(to.y - from.y));
        }
        picture.addEventListener("pointerdown", function (event) {
          if (event.pointerType !== "mouse" || event.button !== 0) { return; }
          from = place(event);
          stretch(event);
          picture.appendChild(pull);
          event.preventDefault();
        });
        window.addEventListener("pointermove", function (event) { if (from) { stretch(event); } });
        window.addEventListener("pointerup", function (event) {
          if (!from) { return; }
          var to = place(event), sx = view[2] / whole[2], sy = view[3] / whole[3];
          var x = Math.min(from.x, to.x), y = Math.min(from.y, to.y);
          var width = Math.abs(to.x - from.x), height = Math.abs(to.y - from.y);
          from = null;
          picture.removeChild(pull);
          if (width > 8 && height > 8) {
            look(view[0] + (x - whole[0]) * sx, view[1] + (y - whole[1]) * sy, width * sx, height * sy);
          }
        });
        picture.addEventListener("dblclick", all);
        button.addEventListener("click", all);
        picture.parentNode.addEventListener("keydown", function (event) {
          var factor = { "+": 0.5, "=": 0.5, "-": 2 }[event.key];
          var way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
          if (factor) {
            look(view[0] + view[2] * (1 - factor) / 2, view[1] + view[3] * (1 - factor) / 2,
              view[2] * factor, view[3] * factor);
          } else if (way && !button.hidden) {
            look(view[0] + way[0] * view[2] / 4, view[1] + way[1] * view[3] / 4, view[2], view[3]);
          } else if (event.key === "Escape" && !button.hidden) {
            all();
          } else {
            return;
          }
          event.preventDefault();
        });
      }
      each(document.querySelectorAll(".fig .scroll>svg"), setup);

    """

  private static let links: HTML = """
      each(document.querySelectorAll(".finding"), function (card) {
        var name = card.id.slice(2);
        each(card.querySelectorAll(".listing .no"), function (cell) {
          var frame = cell.textContent.trim(), point = document.getElementById("p-" + name + "-" + frame);
          if (!point) { return; }
          var link = document.createElement("a");
          link.href = "#" + point.id;
          link.textContent = frame;
          link.title = "Show it in the picture";
          cell.textContent = "";
          cell.appendChild(link);
          link.id = "l-" + name + "-" + frame;
          function mark(isOn) { point.classList.toggle("here", isOn); }
          link.addEventListener("mouseenter", function () { mark(true); });
          link.addEventListener("mouseleave", function () { mark(false); });
          link.addEventListener("focus", function () { mark(true); });
          link.addEventListener("blur", function () { mark(false); });
          point.addEventListener("click", function () { location.hash = link.id; link.focus(); });
        });
      });

    """
}
