import Triage

/// The marks of a picture, those that fall on one spot only once; no spot gets lost.
struct MarkLayer {
  /// Marks with words to hover over; beyond, all of a kind become one path.
  private static let mostTitled = 120
  /// Marks at most: when there are more, spots become larger.
  private static let most = 1_200

  private struct Spot: Hashable {
    var x: Int
    var y: Int
    var mark: Mark
    var isHollow: Bool
  }

  private var items: [(mark: Mark, isHollow: Bool, x: Double, y: Double, words: String)] = []

  var isEmpty: Bool { items.isEmpty }

  mutating func add(_ mark: Mark, isHollow: Bool = false, _ x: Double, _ y: Double, _ words: String) {
    items.append((mark, isHollow, x, y, words))
  }

  /// One entry for each kind of mark, in the order of their list.
  var legend: [(symbol: HTML, words: String)] {
    Mark.allCases.flatMap { mark in
      [false, true].compactMap { isHollow in
        guard items.contains(where: { $0.mark == mark && $0.isHollow == isHollow }) else { return nil }
        var path = Path()
        mark.draw(6, 0, into: &path)
        return (Self.html(path, mark, isHollow), mark.words + (isHollow ? ", not needed" : ""))
      }
    }
  }

  var html: HTML {
    var size = 2.0
    var kept = Self.sifted(items, size)
    while kept.count > Self.most {
      size *= 2
      kept = Self.sifted(items, size)
    }
    if kept.count <= Self.mostTitled {
      return HTML(
        kept.map { item in
          var path = Path()
          item.mark.draw(item.x, item.y, into: &path)
          return "<g><title>\(item.words, limit: 300)</title>\(Self.html(path, item.mark, item.isHollow))</g>\n"
        })
    }
    var paths: [Spot: Path] = [:]
    for item in kept {
      let kind = Spot(x: 0, y: 0, mark: item.mark, isHollow: item.isHollow)
      item.mark.draw(item.x, item.y, into: &paths[kind, default: Path()])
    }
    let order = paths.sorted { ($0.key.mark.rawValue, $0.key.isHollow ? 1 : 0) < ($1.key.mark.rawValue, $1.key.isHollow ? 1 : 0) }
    return HTML(order.map { Self.html($0.value, $0.key.mark, $0.key.isHollow) })
  }

  private static func html(_ path: Path, _ mark: Mark, _ isHollow: Bool) -> HTML {
    if mark.isOpen { return path.html(mark.style) }
    return isHollow ? path.html("\(mark.style) hollow") : path.html(mark.style)
  }

  private static func sifted(_ items: [(mark: Mark, isHollow: Bool, x: Double, y: Double, words: String)], _ size: Double)
    -> [(mark: Mark, isHollow: Bool, x: Double, y: Double, words: String)]
  {
    var seen: Set<Spot> = []
    return items.filter { item in
      let spot = Spot(
        x: Int((item.x / size).rounded()), y: Int((item.y / size).rounded()), mark: item.mark, isHollow: item.isHollow)
      return seen.insert(spot).inserted
    }
  }
}
