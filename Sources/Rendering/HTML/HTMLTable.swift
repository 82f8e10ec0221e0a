import Frames

/// A table with caption and headings in a box of its own, which scrolls sideways where the page is narrow.
///
/// With script its columns sort and its rows can be filtered; without, every row is there, in order.
struct HTMLTable {
  /// One column.
  struct Column {
    var title: HTML
    var isNumber = false

    static func text(_ title: HTML) -> Column { Column(title: title) }
    static func number(_ title: HTML) -> Column { Column(title: title, isNumber: true) }
  }

  /// One cell: what is shown, and what the column sorts by where that is something else.
  struct Cell {
    var shown: HTML
    var sortsBy: String?
    /// Shown on one line.
    var isWhole = true
    /// Name that links lead to.
    var anchor: String?

    /// Text on one line.
    static func text(_ shown: HTML) -> Cell { Cell(shown: shown) }
    /// Text that may break.
    static func words(_ shown: HTML) -> Cell { Cell(shown: shown, isWhole: false) }
    /// `1,234`.
    static func count(_ value: some BinaryInteger) -> Cell {
      // Small numbers are shown as they are sorted by: a thousand rows of ten of them are worth the look.
      Cell(shown: "\(Quantity.count(value))", sortsBy: value.magnitude < 1_000 ? nil : String(value))
    }
    /// `1.23 MB`.
    static func bytes(_ value: UInt64) -> Cell { Cell(shown: "\(Quantity.bytes(value))", sortsBy: String(value)) }
    /// `12 ms`; empty for nil.
    static func duration(_ nanoseconds: Int64?) -> Cell {
      Cell(shown: "\(nanoseconds.map { Quantity.duration($0) } ?? "")", sortsBy: String(nanoseconds ?? -1))
    }
  }

  /// Names the table for everyone, in a few words.
  var caption: HTML
  var columns: [Column]
  var isSortable = true

  /// As many of `rows` as fit into `budget` bytes, and how many that are; the first cell of a row is its heading.
  func filled(_ rows: some Sequence<[Cell]>, budget: Int) -> (html: HTML, shown: Int) {
    var parts: [HTML] = []
    var left = budget
    for cells in rows {
      let row = row(cells)
      left -= row.text.utf8.count
      guard left > 0 else { break }
      parts.append(row)
    }
    return (table(parts), parts.count)
  }

  private func table(_ rows: [HTML]) -> HTML {
    let heads = columns.map { column in
      column.isNumber
        ? "<th scope=\"col\" class=\"n\">\(column.title)</th>" as HTML : "<th scope=\"col\">\(column.title)</th>"
    }
    let kind: HTML = isSortable ? " class=\"sortable\"" : ""
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(caption)"><table\(kind)>
      <caption>\(caption)</caption>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(rows)</tbody></table></div>

      """
  }

  private func row(_ cells: [Cell]) -> HTML {
    let parts = zip(cells, columns).enumerated().map { index, pair in
      let (cell, column) = pair
      let kind: HTML = column.isNumber ? " class=\"n\"" : cell.isWhole ? "" : " class=\"w\""
      let key: HTML = cell.sortsBy.map { " data-v=\"\($0)\"" } ?? ""
      let name: HTML = cell.anchor.map { " id=\"\($0)\"" } ?? ""
      return index == 0
        ? "<th scope=\"row\"\(kind)\(key)\(name)>\(cell.shown)</th>" as HTML
        : "<td\(kind)\(key)\(name)>\(cell.shown)</td>"
    }
    return "<tr>\(parts)</tr>\n"
  }

  /// `12 hosts more, not listed.` as a line below a table; nothing for none.
  static func rest(_ count: some BinaryInteger, _ noun: String) -> HTML {
    count > 0 ? "<p class=\"quiet\">\(Quantity.count(count, noun)) more, not listed.</p>\n" : .nothing
  }
}
