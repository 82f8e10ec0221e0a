import Frames
import Tracking
import Triage

/// The data behind a picture as a table that opens: for those who cannot see it, and for those who count.
struct PointTable {
  /// Rows at most; a picture of a thousand packets is not read packet by packet.
  static let most = 40

  /// Name of a column, and whether its cells are numbers.
  var columns: [(name: String, isNumber: Bool)]
  var rows: [[String]]
  /// What is not in the table, as a sentence; empty when nothing is missing.
  var missing = ""

  /// The table under the title of its picture.
  func html(_ title: String) -> HTML {
    guard !rows.isEmpty else { return .nothing }
    let head = columns.map { column -> HTML in
      column.isNumber ? "<th scope=\"col\" class=\"n\">\(column.name)</th>" : "<th scope=\"col\">\(column.name)</th>"
    }
    let body = rows.map { row -> HTML in
      let cells = zip(row, columns).map { cell, column -> HTML in
        column.isNumber ? "<td class=\"n\">\(cell, limit: 120)</td>" : "<td>\(cell, limit: 120)</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    let note: HTML = missing.isEmpty ? .nothing : "<p class=\"quiet\">\(prose: missing)</p>"
    return """
      <details><summary>Data of this picture</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Data: \(title, limit: 300)"><table>
      <caption>\(title, limit: 300)</caption>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body)</tbody></table></div>\(note)</details>
      """
  }

  /// The most telling of `points`, in frame order: what is out of the ordinary first, then evenly from the rest.
  static func chosen(_ points: [TracePoint], most: Int = PointTable.most) -> [TracePoint] {
    var left = most
    var chosen: [TracePoint] = []
    for weight in TracePoint.Weight.allCases.reversed() where left > 0 {
      let all = points.filter { $0.weight == weight }
      let some = evenly(all, left)
      chosen += some
      left -= some.count
    }
    return chosen.sorted { $0.frame < $1.frame }
  }

  /// `count` of `items`, the first and the last among them.
  static func evenly<T>(_ items: [T], _ count: Int) -> [T] {
    guard items.count > count else { return items }
    guard count > 1 else { return Array(items.prefix(count)) }
    return (0..<count).map { items[$0 * (items.count - 1) / (count - 1)] }
  }

  /// The sentence about what the table leaves out.
  static func missing(_ shown: Int, of all: Int, _ noun: String) -> String {
    shown < all
      ? "The \(Quantity.count(shown)) most telling of \(Quantity.count(all, noun)); `tcptriage show segments` lists more."
      : ""
  }

  /// The same of rows that were chosen evenly.
  static func sampled(_ shown: Int, of all: Int, _ noun: String) -> String {
    shown < all ? "\(Quantity.count(shown)) of \(Quantity.count(all, noun)), evenly chosen." : ""
  }
}
