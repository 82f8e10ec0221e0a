import Frames
import Triage

/// The tables of predicted counters below the summary.
extension TerminalSummary {
  /// Hosts that get a table; JSON has them all.
  private static let mostHosts = 10

  func addCounters(_ prediction: CounterPrediction, to text: inout TerminalText) {
    // The capturing host first, of which most is known, then the busiest; among equals the lower address.
    let busy = prediction.hosts.enumerated().sorted {
      ($1.element.exact, $1.element.segments, $0.offset) < ($0.element.exact, $0.element.segments, $1.offset)
    }
    for (_, host) in busy.prefix(Self.mostHosts) { add(host, to: &text) }
    text.line()
    if busy.count > Self.mostHosts {
      text.line("+ \(Quantity.count(busy.count - Self.mostHosts, "host")) more, see -o report.json", .dim)
    }
    if prediction.isFull {
      let most = Quantity.count(CounterPrediction.mostHosts, "host")
      text.paragraph("Only the first \(most) are counted.", style: .yellow)
    }
    text.paragraph(
      "Run `nstat -az` on the host before and after: the differences are what its kernel counted meanwhile, all its other "
        + "connections included.", label: "Compare  ")
  }

  private func add(_ host: HostPrediction, to text: inout TerminalText) {
    let moved = host.counters.filter { $0.value > 0 }
    let names = moved.map { TerminalText.columns($0.nstatName) }.max() ?? 0
    let values = moved.map { Quantity.count($0.value) }
    let width = values.map(\.count).max() ?? 0
    text.line()
    text.line([("This capture should have moved these counters of ", .plain), (host.host, .bold)])
    for (counter, value) in zip(moved, values) {
      let name = counter.nstatName + String(repeating: " ", count: names - counter.nstatName.count)
      let padding = String(repeating: " ", count: width - value.count)
      let reason = counter.reason.isEmpty ? "" : ": \(counter.reason)"
      let style: TerminalText.Style = counter.certainty == .exact ? .green : .plain
      text.line([("  \(name)  \(padding)\(value)  ", .plain), (counter.certainty.name, style), (reason, .dim)])
    }
  }
}
