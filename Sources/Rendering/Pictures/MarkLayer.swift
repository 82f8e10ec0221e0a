import Frames
import Triage

/// The marks of a picture, those that fall on one spot only once; no spot gets lost.
struct MarkLayer {
  /// Marks with words to hover over; where there are more, none has any.
  private static let mostTitled = 120
  /// Marks at most: when there are more, spots become larger.
  private static let most = 500

  private struct Spot: Hashable {
    var x: Int
    var y: Int
    var mark: Mark
    var isHollow: Bool
  }

  private struct Item {
    var mark: Mark
    var isHollow: Bool
    var x: Double
    var y: Double
    var words: String
    /// Marks of the same kind on the same spot.
    var others = 0
  }

  private var items: [Item] = []

  var isEmpty: Bool { items.isEmpty }

  mutating func add(_ mark: Mark, isHollow: Bool = false, _ x: Double, _ y: Double, _ words: String) {
    items.append(Item(mark: mark, isHollow: isHollow, x: x, y: y, words: words))
  }

  /// One entry for each kind of mark, in the order of their list.
  var legend: [(symbol: HTML, words: String)] {
    Mark.allCases.flatMap { mark in
      [false, true].compactMap { isHollow in
        guard items.contains(where: { $0.mark == mark && $0.isHollow == isHollow }) else { return nil }
        let symbol: HTML = "<g transform=\"translate(6 0)\">\(Self.shape(mark, isHollow))</g>"
        return (symbol, mark.words + (isHollow ? ", not needed" : ""))
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
    let isTitled = kept.count <= Self.mostTitled
    return HTML(
      kept.map { item in
        let shape = Self.shape(item.mark, item.isHollow)
        let others = item.others > 0 ? " (and \(Quantity.count(item.others)) more on this spot)" : ""
        let words: HTML = isTitled ? "<title>\(item.words, limit: 300)\(others)</title>" : .nothing
        return "<g transform=\"translate(\(Path.number(item.x)) \(Path.number(item.y)))\">\(words)\(shape)</g>\n"
      })
  }

  /// A mark at the origin.
  static func shape(_ mark: Mark, _ isHollow: Bool = false) -> HTML {
    var path = Path()
    mark.draw(0, 0, into: &path)
    return isHollow && !mark.isOpen ? path.html("\(mark.style) hollow") : path.html(mark.style)
  }

  /// The first of the marks on each spot.
  private static func sifted(_ items: [Item], _ size: Double) -> [Item] {
    var places: [Spot: Int] = [:]
    var kept: [Item] = []
    for item in items {
      let spot = Spot(
        x: Int((item.x / size).rounded()), y: Int((item.y / size).rounded()), mark: item.mark, isHollow: item.isHollow)
      if let place = places[spot] {
        kept[place].others += 1
      } else {
        places[spot] = kept.count
        kept.append(item)
      }
    }
    return kept
  }
}
