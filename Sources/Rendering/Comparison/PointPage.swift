import Detection
import Dissection
import Frames
import Triage

/// The comparison of two points in words.
struct PointPage {
  let comparison: PointComparison
  let names: [String]
  /// Connections with losses that are listed.
  private static let mostConnections = 8
  private static let mostAlterations = 12

  var page: ComparisonPage {
    var page = ComparisonPage()
    page.verdict = verdict
    page.harm = harm
    page.heading("Where segments went")
    page.table(columns, rows)
    page.list(explanations)
    page.heading("Time")
    page.list(times)
    page.heading("Changed on the way")
    page.list(alterations)
    if !losses.isEmpty {
      page.heading("Connections with losses between the points")
      page.table(["Connection", "from client", "lost", "from server", "lost"], losses)
    }
    let notes = others + comparison.limits
    if !notes.isEmpty {
      page.heading("Mind")
      page.list(notes)
    }
    return page
  }

  private func name(_ travel: Travel) -> String {
    travel == .forth ? "from \(names[0]) to \(names[1])" : "from \(names[1]) to \(names[0])"
  }

  private var isOnePlace: Bool {
    comparison.samePlace > 0 && comparison.clientNearFirst == 0 && comparison.clientNearSecond == 0
  }

  /// Whether neither capture lacks anything that the other one saw in the time of both.
  private var holdsTheSame: Bool {
    comparison.lonelySegments == [0, 0]
      && comparison.totals.allSatisfy { $0.lost == 0 && $0.missed == 0 && $0.onlyBehind == 0 }
  }

  var verdict: String {
    let lost = Travel.allCases.map { comparison.totals[$0.rawValue].lost }
    let first = Travel.allCases.map { travel -> String in
      let total = comparison.totals[travel.rawValue]
      guard total.sent > 0 else { return "nothing went \(name(travel))" }
      guard total.lost > 0 else { return "none of \(Quantity.count(total.sent)) \(name(travel))" }
      return
        "\(Quantity.count(total.lost)) of \(Quantity.count(total.sent, "segment")) (\(share(total))) \(name(travel))"
    }
    if isOnePlace, holdsTheSame {
      let time = comparison.totals.contains { $0.outside > 0 } ? " while both were running" : ""
      return "Both captures were taken at one place, and hold the same segments\(time)."
    }
    let ordered = lost[0] == 0 && lost[1] > 0 ? [first[1], first[0]] : first
    let verb = lost == [0, 0] ? "No segment was" : "Segments were"
    return "\(verb) lost between the points: \(ordered.joined(separator: ", ")).\(stranger)"
  }

  /// What the reader would else look for in vain.
  private var stranger: String {
    let worst = comparison.alterations.first.map { alteration in " On the way: \(short(alteration))." }
    return worst ?? ""
  }

  private func share(_ total: TravelCount) -> String {
    "\(Quantity.significant(100 * Double(total.lost) / Double(max(1, total.sent)))) %"
  }

  private var harm: Severity {
    let worst = comparison.totals.map { Double($0.lost) / Double(max(1, $0.sent)) }.max() ?? 0
    return worst >= 0.005 ? .warning : worst > 0 ? .notice : .info
  }

  private var columns: [String] { ["", "\(names[0]) → \(names[1])", "\(names[1]) → \(names[0])"] }

  private var rows: [[String]] {
    func row(_ name: String, _ value: (TravelCount) -> UInt64) -> [String] {
      [name] + Travel.allCases.map { Quantity.count(value(comparison.totals[$0.rawValue])) }
    }
    let all = [
      row("seen in front", \.sent), row("lost between the points", \.lost), row("  bytes of them", \.lostBytes),
      row("lost before both points", \.lostBefore), row("sent again though seen at both", \.sentAgain),
      row("  of these acknowledged before", \.needless), row("missed by the capture behind", \.missed),
      row("seen only behind", \.onlyBehind), row("outside the other capture's time", \.outside),
      row("copies in front", \.copiesInFront), row("copies behind", \.copiesBehind),
    ]
    // The two that are asked for stand even where they are 0.
    return all.enumerated().filter { $0.offset < 2 || $0.element.dropFirst().contains { $0 != "0" } }.map(\.element)
  }

  private var explanations: [String] {
    let sums = comparison.totals
    var texts: [String] = []
    if sums.contains(where: { $0.sentAgain > $0.needless }) {
      texts.append("Sent again though seen at both: lost farther on, or its acknowledgment was lost.")
    }
    if sums.contains(where: { $0.missed > 0 }) {
      texts.append(
        "Missed: acknowledged without having been seen behind; that capture dropped them, or they went round it.")
    }
    if sums.contains(where: { $0.onlyBehind > 0 }) {
      texts.append(
        "Seen only behind: made between the points, on another way, or missed by the capture in front.")
    }
    if sums.contains(where: { $0.copiesBehind > 0 && $0.copiesInFront == 0 }) {
      texts.append("Copies behind were made between the points, or by that capture.")
    }
    return texts
  }
}

/// Times, changes, connections and limits.
extension PointPage {
  private var times: [String] {
    let clock = comparison.clock
    guard clock.isKnown else { return ["No segment tells the clocks apart."] }
    var texts: [String] = []
    for travel in Travel.allCases {
      guard let delay = comparison.delays[travel.rawValue] else { continue }
      let words = [("least", delay.least), ("median", delay.median), ("95 %", delay.high), ("most", delay.most)]
      let hops = comparison.totals[travel.rawValue].hops.map { $0 == 0 ? ", no router between" : ", " + hop($0) } ?? ""
      texts.append(
        "\(columns[travel.rawValue + 1]): " + words.map { "\($0.0) \(time($0.1))" }.joined(separator: ", ")
          + " one way\(hops).")
    }
    texts.append(clockWords(clock))
    return texts + [nearness]
  }

  private func hop(_ count: Int) -> String {
    count > 0 ? Quantity.count(count, "hop") : "time to live raised by \(-count)"
  }

  private func time(_ nanoseconds: Double) -> String { Quantity.duration(seconds: nanoseconds / 1e9) }

  private func clockWords(_ clock: ClockComparison) -> String {
    let side = clock.difference < 0 ? "behind" : "ahead of"
    let drift =
      clock.drift == 0 ? "no drift that could be told" : "drift \(Quantity.significant(clock.drift * 1e6)) ppm, removed"
    guard clock.isTwoWay else {
      return "Segments went one way only: the clocks cannot be compared, and the least delay is taken for 0."
    }
    let size = time(clock.difference.magnitude)
    let bound = time(clock.uncertainty)
    return "Clock of \(names[1]): \(size) \(side) that of \(names[0]), \(drift). This takes the way for equally long "
      + "both ways; if it is not, the offset and each one-way delay are off by up to \(bound)."
  }

  private var nearness: String {
    if isOnePlace { return "Neither capture is nearer to any end: they were taken at one place." }
    let clients = [comparison.clientNearFirst, comparison.clientNearSecond]
    if clients[1] == 0 { return "\(names[0]) is nearer to the clients, \(names[1]) to the servers." }
    if clients[0] == 0 { return "\(names[1]) is nearer to the clients, \(names[0]) to the servers." }
    return
      "\(names[0]) is nearer to the clients of \(Quantity.count(clients[0], "connection")), \(names[1]) to those of "
      + "\(Quantity.count(clients[1]))."
  }

  private var alterations: [String] {
    let found = comparison.alterations
    guard !found.isEmpty else { return ["Nothing that the headers show, time to live apart."] }
    let shown = found.prefix(Self.mostAlterations).map { alteration -> String in
      let count = Quantity.count(alteration.segments, "segment")
      let frames = "frame \(alteration.firstFrame) of \(names[0]), \(alteration.secondFrame) of \(names[1])"
      return "\(columns[alteration.travel.rawValue + 1]): \(short(alteration)), \(count) (first: \(frames))."
    }
    let rest = found.count - shown.count
    return shown + (rest > 0 ? ["\(Quantity.count(rest)) further kinds of changes are in the JSON output."] : [])
  }

  /// One clause without its end.
  private func short(_ alteration: Alteration) -> String {
    let detail = alteration.detail
    switch alteration.kind {
    case .optionRemoved: return "option \(detail) removed"
    case .optionAdded: return "option \(detail) added"
    case .mss: return "MSS changed, \(detail)"
    case .windowScale: return "window scale changed, \(detail)"
    case .sequenceShift: return "sequence numbers shifted"
    case .sackUntranslated: return "sequence numbers shifted, but not in SACK blocks"
    case .timestamps: return "timestamps rewritten"
    case .addresses: return "addresses or ports translated"
    case .payload: return "payload changed"
    case .congestionMarked: return "congestion marked (ECN, \(detail))"
    case .ecnCleared: return "ECN bits changed, \(detail)"
    case .dscp: return "DSCP changed, \(detail)"
    case .flags: return "TCP flags changed, \(detail)"
    case .window: return "window changed"
    case .identification: return "IP identification rewritten"
    case .pieces: return "segments \(detail == "cut" ? "cut into smaller ones" : "joined to larger ones") (offloading)"
    }
  }

  private var losses: [[String]] {
    comparison.connections.filter { $0.lost > 0 }.prefix(Self.mostConnections).map { connection in
      [
        "\(connection.client) → \(connection.server)", Quantity.count(connection.fromClient.sent),
        Quantity.count(connection.fromClient.lost), Quantity.count(connection.fromServer.sent),
        Quantity.count(connection.fromServer.lost),
      ]
    }
  }

  private var others: [String] {
    var texts: [String] = []
    let hidden = comparison.lossyConnections - losses.count
    if hidden > 0 { texts.append("\(Quantity.count(hidden, "further connection")) with losses not listed here.") }
    for point in 0..<2 where comparison.lonelyConnections[point] > 0 {
      let count = Quantity.count(comparison.lonelyConnections[point], "connection")
      let segments = Quantity.count(comparison.lonelySegments[point], "segment")
      let attempts = comparison.unanswered[point]
      let silent = attempts > 0 ? "; of \(Quantity.count(attempts)) only one side was heard" : ""
      texts.append("Only in \(names[point]): \(count) with \(segments)\(silent). They count nowhere above.")
    }
    if comparison.translatedConnections > 0 {
      let count = Quantity.count(comparison.translatedConnections, "connection")
      texts.append("\(count) had other addresses or ports in \(names[1]), recognized by numbers and timestamps.")
    }
    if comparison.overlap < 0 { texts.append("The captures do not overlap in time.") }
    return texts
  }
}
