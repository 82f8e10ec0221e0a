/// Which columns of a table a screen has room for, and how wide they are.
struct TextLayout {
  /// Spaces between two columns.
  static let gap = 2
  /// Names are not shortened below this.
  private static let leastName = 12

  /// The columns that are printed, by their index.
  private(set) var shown: [Int]
  /// Columns of the screen for each column of the table.
  private(set) var widths: [Int]
  /// Whether names that are wider than their column are shortened.
  let isFitted: Bool

  /// Every column at its full width, or as many as `room` has place for.
  ///
  /// Left out are first the columns that hold nothing in `rows`, then the others by their rank; when that is not
  /// enough, long names are shortened in the middle. Of a live table more rows come that nobody knows.
  init(_ columns: [Column], _ rows: [[String]], room: Int?, isLive: Bool = false) {
    isFitted = room != nil
    shown = Array(columns.indices)
    let isEmpty = columns.indices.map { index in !isLive && !rows.isEmpty && rows.allSatisfy { $0[index].isEmpty } }
    widths = columns.indices.map { index in
      let header = room == nil ? columns[index].name : columns[index].short
      let usual = isLive ? LiveWidths.usual(columns[index]) : 0
      return max(header.count, usual, rows.map { TerminalText.columns($0[index]) }.max() ?? 0)
    }
    guard let room else { return }
    let order = columns.indices.filter { columns[$0].rank > 0 }
      .sorted { (isEmpty[$0] ? 1 : 0, columns[$0].rank) > (isEmpty[$1] ? 1 : 0, columns[$1].rank) }
    for index in order where total > room { shown.removeAll { $0 == index } }
    // What was left out last may have made more room than was needed.
    for index in order.reversed() where !shown.contains(index) && total + Self.gap + widths[index] <= room {
      shown.append(index)
    }
    shown.sort()
    shorten(columns, room: room)
  }

  private var total: Int { shown.reduce(-Self.gap) { $0 + widths[$1] + Self.gap } }

  /// Takes from the widest name until the line fits.
  private mutating func shorten(_ columns: [Column], room: Int) {
    while total > room {
      let names = shown.filter { !columns[$0].isNumber && widths[$0] > Self.leastName }
      guard let widest = names.max(by: { widths[$0] < widths[$1] }) else { return }
      widths[widest] -= 1
    }
  }
}
