// Rules of accessibility that a program can check; gives a list of sentences, empty when all hold.
(function () {
  "use strict";
  var wrong = [];
  function all(selector) { return Array.from(document.querySelectorAll(selector)); }
  function show(element) { return element.outerHTML.slice(0, 120).replace(/\s+/g, " "); }
  function claim(holds, rule, element) { if (!holds) { wrong.push(rule + (element ? ": " + show(element) : "")); } }
  function name(element) {
    var labels = (element.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean);
    return (element.getAttribute("aria-label") || labels.map(function (id) {
      var label = document.getElementById(id);
      return label ? label.textContent : "";
    }).join(" ") || element.textContent || "").trim();
  }

  claim(document.documentElement.lang, "the page has a language");
  claim(document.title.trim(), "the page has a title");
  claim(all("meta[name=viewport]").length === 1, "the page has a viewport");
  claim(all("h1").length === 1, "the page has one h1");
  var level = 0;
  all("h1,h2,h3,h4,h5,h6").forEach(function (heading) {
    var now = Number(heading.tagName[1]);
    claim(now <= level + 1, "headings leave no level out", heading);
    claim(heading.textContent.trim(), "headings say something", heading);
    level = now;
  });
  ["main", "body>header", "body>footer", "nav"].forEach(function (landmark) {
    claim(all(landmark).length === 1, "the page has one " + landmark);
  });
  all("nav,section,[role=region]").forEach(function (part) {
    claim(part.getAttribute("aria-label") || part.getAttribute("aria-labelledby"), "regions have names", part);
  });
  all("svg").forEach(function (picture) {
    var title = picture.querySelector(":scope>title");
    claim(picture.getAttribute("aria-hidden") === "true" || title && title.textContent.trim(),
      "pictures have titles or are decoration", picture);
  });
  all("button,a[href],summary").forEach(function (control) { claim(name(control), "controls have names", control); });
  all("input,select,textarea").forEach(function (field) {
    claim(field.labels.length || name(field), "fields have labels", field);
  });
  all("table").forEach(function (table) {
    claim(table.caption && table.caption.textContent.trim(), "tables have captions", table);
    Array.from(table.querySelectorAll("th")).forEach(function (head) {
      claim(head.scope, "table headings have a scope", head);
    });
    var columns = table.tHead ? table.tHead.rows[0].cells.length : 0;
    Array.from(table.tBodies[0].rows).forEach(function (row) {
      claim(!columns || row.cells.length === columns, "rows have as many cells as headings", row);
    });
  });
  var ids = new Set();
  all("[id]").forEach(function (element) {
    claim(!ids.has(element.id), "names are unique", element);
    ids.add(element.id);
  });
  ["aria-labelledby", "aria-describedby", "aria-controls", "for"].forEach(function (attribute) {
    all("[" + attribute + "]").forEach(function (element) {
      element.getAttribute(attribute).split(" ").forEach(function (id) {
        claim(ids.has(id), attribute + " leads somewhere", element);
      });
    });
  });
  all("a").forEach(function (link) {
    var href = link.getAttribute("href") || "";
    claim(href[0] === "#" && ids.has(href.slice(1)), "links land in the page", link);
  });
  all("[tabindex]").forEach(function (element) { claim(element.tabIndex <= 0, "the tab order is the page's", element); });
  all("*").forEach(function (element) {
    Array.from(element.attributes).forEach(function (attribute) {
      claim(!/^on/i.test(attribute.name) && !/^(src|srcset|action|formaction|background|poster)$/i.test(attribute.name),
        "nothing acts or loads", element);
    });
  });

  function parse(color) {
    var parts = color.match(/[\d.]+/g);
    if (!parts || /^(none|transparent)/.test(color)) { return [0, 0, 0, 0]; }
    parts = parts.map(Number);
    return [parts[0], parts[1], parts[2], parts.length > 3 ? parts[3] : 1];
  }
  function over(top, bottom) {
    var alpha = top[3];
    return [0, 1, 2].map(function (i) { return top[i] * alpha + bottom[i] * (1 - alpha); }).concat(1);
  }
  function background(element) {
    var layers = [];
    for (var node = element; node; node = node.parentElement) { layers.push(parse(getComputedStyle(node).backgroundColor)); }
    return layers.reverse().reduce(function (below, layer) { return over(layer, below); }, [255, 255, 255, 1]);
  }
  function opacity(element) {
    var product = 1;
    for (var node = element; node; node = node.parentElement) { product *= Number(getComputedStyle(node).opacity); }
    return product;
  }
  function luminance(color) {
    var parts = color.slice(0, 3).map(function (value) {
      var share = value / 255;
      return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  }
  function contrast(a, b) {
    var x = luminance(a), y = luminance(b);
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  }
  all("details").forEach(function (item) { item.open = true; });
  var judged = new Map(), texts = 0;
  all("body *").forEach(function (element) {
    var hasText = Array.from(element.childNodes).some(function (node) { return node.nodeType === 3 && node.data.trim(); });
    if (!hasText || /^(script|style|title|desc)$/i.test(element.tagName) || !element.checkVisibility()) { return; }
    texts += 1;
    var style = getComputedStyle(element), isPicture = element instanceof SVGElement;
    var below = background(element), ink = parse(isPicture ? style.fill : style.color);
    ink[3] *= opacity(element);
    var ratio = contrast(over(ink, below), below);
    var key = style.color + below + element.tagName;
    if (ratio < 4.5 && !judged.has(key)) {
      judged.set(key, true);
      wrong.push("text has a contrast of 4.5:1, not " + ratio.toFixed(2) + ": " + show(element));
    }
  });
  claim(texts > 20, "the page has text to judge");
  return wrong;
}());
