/// The data of an SVG path, in tenths of a pixel at most: digits, letters, points, minus and spaces only.
struct Path {
  private(set) var text = ""

  var isEmpty: Bool { text.isEmpty }

  /// The markup of a path with this data; nothing for an empty one.
  func html(_ style: HTML) -> HTML {
    isEmpty ? .nothing : "<path class=\"\(style)\" d=\"\(text, limit: .max)\"/>"
  }

  mutating func move(_ x: Double, _ y: Double) { text += "M\(Self.number(x)) \(Self.number(y))" }
  mutating func line(_ x: Double, _ y: Double) { text += "L\(Self.number(x)) \(Self.number(y))" }
  mutating func horizontal(_ x: Double) { text += "H\(Self.number(x))" }
  mutating func vertical(_ y: Double) { text += "V\(Self.number(y))" }
  mutating func close() { text += "z" }

  /// A vertical bar from `top` to `bottom`, never lower than two pixels.
  mutating func bar(_ x: Double, _ top: Double, _ bottom: Double) {
    let (a, b) = (min(top, bottom), max(top, bottom))
    move(x, b - a < 2 ? (a + b) / 2 - 1 : a)
    vertical(b - a < 2 ? (a + b) / 2 + 1 : b)
  }

  /// A closed or open figure from offsets around a place.
  mutating func shape(_ x: Double, _ y: Double, _ offsets: [(Double, Double)], isClosed: Bool = true) {
    for (index, offset) in offsets.enumerated() {
      if index == 0 { move(x + offset.0, y + offset.1) } else { line(x + offset.0, y + offset.1) }
    }
    if isClosed { close() }
  }

  mutating func circle(_ x: Double, _ y: Double, _ radius: Double) {
    move(x - radius, y)
    for side in [2.0, -2.0] {
      text += "a\(Self.number(radius)) \(Self.number(radius)) 0 1 0 \(Self.number(side * radius)) 0"
    }
  }

  /// At most one digit behind the point, none where it is zero.
  static func number(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e7 else { return "0" }
    let tenths = Int((value * 10).rounded())
    let rest = abs(tenths % 10)
    let sign = tenths < 0 ? "-" : ""
    return rest == 0 ? "\(tenths / 10)" : "\(sign)\(abs(tenths) / 10).\(rest)"
  }
}

/// Bars of many segments, joined where they fall into the same column of pixels.
///
/// Nothing that is drawn gets lost: of each column the union of its bars is kept.
struct BarColumns {
  private var columns: [Int: [(top: Double, bottom: Double)]] = [:]

  mutating func add(_ x: Double, _ a: Double, _ b: Double) {
    let column = Int(x.rounded())
    var (top, bottom) = (min(a, b), max(a, b))
    var rest: [(top: Double, bottom: Double)] = []
    for bar in columns[column] ?? [] {
      if bar.top <= bottom + 1, top <= bar.bottom + 1 {
        (top, bottom) = (min(top, bar.top), max(bottom, bar.bottom))
      } else {
        rest.append(bar)
      }
    }
    columns[column] = rest + [(top, bottom)]
  }

  var path: Path {
    var path = Path()
    for (x, bars) in columns.sorted(by: { $0.key < $1.key }) {
      for bar in bars.sorted(by: { $0.top < $1.top }) { path.bar(Double(x), bar.top.rounded(), bar.bottom.rounded()) }
    }
    return path
  }
}

/// A line of many values: of each column of pixels the first, the least, the greatest and the last are kept.
struct LineColumns {
  private var items: [(x: Int, first: Double, low: Double, high: Double, last: Double)] = []

  mutating func add(_ x: Double, _ y: Double) {
    let (column, y) = (Int(x.rounded()), y.rounded())
    if let last = items.last, last.x == column {
      items[items.count - 1].low = min(last.low, y)
      items[items.count - 1].high = max(last.high, y)
      items[items.count - 1].last = y
    } else {
      items.append((column, y, y, y, y))
    }
  }

  /// Steps: the value holds until the next one comes; the last one holds until `end`.
  func stairs(until end: Double? = nil) -> Path {
    var path = Path()
    for (index, item) in items.enumerated() {
      if index == 0 { path.move(Double(item.x), item.first) } else { path.horizontal(Double(item.x)) }
      var y = index == 0 ? item.first : items[index - 1].last
      for next in [item.first, item.low, item.high, item.last] where next != y {
        path.vertical(next)
        y = next
      }
    }
    if let end, let last = items.last, end > Double(last.x) { path.horizontal(end.rounded()) }
    return path
  }
}
