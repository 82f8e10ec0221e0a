import Frames

/// The frame of a picture: margins, axes with titles, a legend, and the markup around it.
///
/// A fixed width in its own units; the browser scales it, and on narrow screens it scrolls.
struct Figure {
  static let width = 1_000.0
  static let left = 78.0
  static let right = 982.0

  /// What the picture shows, as a heading and for who cannot see it.
  var title: String
  var description: String
  private var parts: [HTML] = []
  /// How far down it reaches.
  private(set) var height = 4.0

  init(title: String, description: String) {
    self.title = title
    self.description = description
  }

  /// Room for a panel of `height` pixels, and where it begins.
  mutating func room(_ height: Double) -> Double {
    defer { self.height += height }
    return self.height
  }

  mutating func add(_ part: HTML) { parts.append(part) }

  mutating func text(_ x: Double, _ y: Double, _ text: String, _ style: HTML = "", anchor: HTML = "start") {
    parts.append(
      """
      <text x="\(Path.number(x))" y="\(Path.number(y))" text-anchor="\(anchor)" class="\(style)">\(text, limit: 300)</text>
      """)
  }

  /// Symbols with their words, in as many rows as they need.
  mutating func legend(_ entries: [(symbol: HTML, words: String)]) {
    guard !entries.isEmpty else { return }
    var (x, y) = (Self.left, height + 12)
    for entry in entries {
      let width = 34 + 6.9 * Double(entry.words.count)
      if x + width > Self.right, x > Self.left { (x, y) = (Self.left, y + 20) }
      parts.append("<g transform=\"translate(\(Path.number(x)) \(Path.number(y - 4)))\">\(entry.symbol)</g>")
      text(x + 16, y, entry.words, "lab")
      x += width
    }
    height = y + 12
  }

  /// Axes of a panel: grid lines, labels and titles; `time` has labels only under the last panel.
  mutating func axes(
    _ time: Scale, _ values: Scale, _ title: String, unit: Magnitude = Magnitude(0), isLast: Bool = true
  ) {
    var grid = Path()
    let shown = Scale(values.low / unit.divisor, values.high / unit.divisor, from: values.start, to: values.end)
    for tick in Ticks(shown, count: max(3, Int(abs(values.start - values.end) / 45))).ticks {
      grid.move(Self.left, shown(tick.value))
      grid.horizontal(Self.right)
      text(Self.left - 7, shown(tick.value) + 4, tick.label, "ty", anchor: "end")
    }
    for tick in Ticks(time, count: 8).ticks {
      grid.move(time(tick.value), values.start)
      grid.vertical(values.end)
      if isLast { text(time(tick.value), values.start + 17, tick.label, "tx", anchor: "middle") }
    }
    parts.insert(grid.html("grid"), at: 0)
    var frame = Path()
    frame.move(Self.left, values.end)
    frame.vertical(values.start)
    frame.horizontal(Self.right)
    parts.append(frame.html("ax"))
    text(Self.left, values.end - 7, title, "lab")
    if isLast { text(Self.right, values.start + 34, "seconds since the start of the capture", anchor: "end") }
  }

  /// What is drawn within the axes: an image of its own, so that a script can look closer at a part of it.
  mutating func plot(_ time: Scale, _ values: Scale, unit: Magnitude = Magnitude(0), _ content: HTML) {
    let (top, bottom) = (min(values.start, values.end), max(values.start, values.end))
    let box = [Self.left, top, Self.right - Self.left, bottom - top].map { Path.number($0) }
    let times = "\(time.value(at: Self.left)) \(time.value(at: Self.right))"
    let heights = "\(values.value(at: bottom) / unit.divisor) \(values.value(at: top) / unit.divisor)"
    parts.append(
      """
      <svg class="plot" aria-hidden="true" x="\(box[0])" y="\(box[1])" width="\(box[2])" height="\(box[3])" preserveAspectRatio="none" \
      viewBox="\(box.joined(separator: " "))" data-t="\(times)" data-v="\(heights)">
      \(content)</svg>

      """)
  }

  /// The picture as markup; `id` makes the names of its title and description unique in the document.
  ///
  /// One that holds links is a `group`: within an `img` nobody would find them.
  func html(_ id: String, role: HTML = "img") -> HTML {
    """
    <svg viewBox="0 0 1000 \(Path.number(height))" role="\(role)" aria-labelledby="\(id)-t \(id)-d">\
    <title id="\(id)-t">\(title, limit: 300)</title><desc id="\(id)-d">\(description)</desc>
    \(HTML(parts))
    </svg>
    """
  }

  /// Where marks lie in a coordinate system: the time axis of all panels of connections.
  static func time(_ range: ClosedRange<Double>) -> Scale {
    Scale(range.lowerBound, range.upperBound, from: left + 6, to: right - 6)
  }
}
