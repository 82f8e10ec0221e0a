import Dissection
import Frames
import Tracking
import Triage

/// What runs over the interface: retransmissions, the busiest connections, and the host's own counters.
extension LivePage {
  /// Causes side by side, so that they keep their places.
  func addRetransmissions(_ snapshot: LiveSnapshot, rows: Int, to text: inout TerminalText) {
    let width = 22
    let cells = snapshot.retransmissions.map { entry -> String in
      let now = entry.lastSecond > 0 ? " +\(Quantity.count(entry.lastSecond))" : ""
      return Self.cell("\(entry.cause.name) \(Quantity.count(entry.total))\(now)", width)
    }
    guard !cells.isEmpty else { return text.line([("Resent   ", .bold), ("nothing so far", .plain)]) }
    let perRow = max(1, (columns - Self.label) / width)
    for row in 0..<min(rows, (cells.count + perRow - 1) / perRow) {
      let part = cells[(row * perRow)...].prefix(perRow).joined()
      text.line([(row == 0 ? "Resent   " : "         ", .bold), (part, .plain)])
    }
  }

  func addTop(_ snapshot: LiveSnapshot, _ state: LivePageState, rows: Int, to text: inout TerminalText) {
    let filter = LiveFilter(state.filter, snapshot)
    let shown = snapshot.top.filter(filter.lets).prefix(max(0, rows - 1))
    let layout = TopLayout(columns)
    text.line(layout.row(["Busiest: local", "remote", "sent/s", "received/s", "packets/s", "process"]), .bold)
    let second = snapshot.lastSecond
    for connection in shown {
      text.line(
        layout.row([
          "\(connection.local)", "\(connection.remote)", LiveWords.bytes(second.perSecond(connection.sent)),
          LiveWords.bytes(second.perSecond(connection.received)),
          LiveWords.number(second.perSecond(connection.segments)), connection.owner.map(LiveWords.owner) ?? "",
        ]))
    }
    if shown.isEmpty { text.line("  none in the last second", .dim) }
  }

  private struct TopLayout {
    private static let number = 10
    private static let owner = 17
    /// The longest IPv6 endpoint.
    private static let longestEndpoint = 47

    private let endpoint: Int
    private let showsPackets: Bool
    private let showsOwner: Bool

    init(_ columns: Int) {
      showsPackets = columns >= 76
      showsOwner = columns >= 94
      let numbers = (Self.number + 1) * (showsPackets ? 3 : 2)
      let left = columns - numbers - (showsOwner ? Self.owner + 2 : 0)
      endpoint = max(6, min(Self.longestEndpoint, left / 2 - 1))
    }

    /// Endpoints, numbers to the right, owner.
    func row(_ texts: [String]) -> String {
      let ends = texts.prefix(2).map { LivePage.cell(TerminalText.fitMiddle(Visible.text($0), endpoint), endpoint) }
      let numbers = texts[2..<(showsPackets ? 5 : 4)].map { LivePage.cell($0, Self.number, right: true) }
      let owner = showsOwner ? "  " + LivePage.cell(texts[5], Self.owner) : ""
      return (ends + numbers).joined(separator: " ") + owner
    }
  }

  func addCounters(_ snapshot: LiveSnapshot, rows: Int, to text: inout TerminalText) {
    let counters = snapshot.tellingCounters
    let running = counters.count(where: \.runsAway)
    let rest = counters.count - max(0, rows - 1)
    let words =
      counters.isEmpty
      ? "all \(Quantity.count(snapshot.counters.count)) as usual"
      : (running == 0 ? "none runs away" : "\(running) run\(running == 1 ? "s" : "") away")
        + (rest > 0 ? ", \(Quantity.count(rest)) more not shown" : "")
    text.line([("Counters ", .bold), (words, .plain)])
    for counter in counters.prefix(max(0, rows - 1)) { add(counter, to: &text) }
  }

  private func add(_ counter: TellingCounter, to text: inout TerminalText) {
    let name = columns < 80 ? 24 : 28
    let style: TerminalText.Style = counter.pairing?.1.verdict == .mismatch || counter.runsAway ? .yellow : .plain
    var line: [(text: String, style: TerminalText.Style)] = [
      ("  " + Self.cell(LiveWords.names(counter.counters, width: name), name), style),
      (Self.cell(LiveWords.rate(counter.rate), 10, right: true) + "  ", .plain),
    ]
    if columns >= 96 { line.append((Self.cell(LiveWords.usual(counter.usual), 17), .dim)) }
    text.line(line + [(counter.words, .plain)])
  }
}
