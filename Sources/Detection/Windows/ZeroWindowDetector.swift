import Dissection
import Frames
import Tracking

/// A receiver whose window stays closed while its sender wants to send.
///
/// The rule: from the segment that closes the window to the one that opens it again; a probe that was answered, or data
/// that fill the window as soon as it opens, show that the sender was waiting. Ordinary data are no observations, so
/// the next closing has to tell of them. Traps: a closed window that nobody minds (nothing to send), a RST's or a SYN's
/// window, an unknown scale (0 is 0 at any scale). Source: tcp-pathologies §6.
package struct ZeroWindowDetector: EndDetector {
  package static let rules = [WindowRules.zero]

  static let leastClosed = 200 * PacketTime.millisecond
  static let warning = PacketTime.second
  static let critical = 10 * PacketTime.second
  static let manyTimes: UInt64 = 3
  static let within = 10 * PacketTime.second
  static let promptly = 50 * PacketTime.millisecond

  package static let thresholds = [
    Threshold("zero-window", "closed for", "200 ms", because: "Linux asks for the first time after that"),
    Threshold("zero-window", "closed for, as a warning", "1 s", because: "people notice it"),
    Threshold(
      "zero-window", "closings within 10 s", "\(manyTimes)", because: "each of them costs a round trip at least"),
    Threshold(
      "zero-window", "from an opening to the next closing, of a sender that had waited", "50 ms",
      because: "Linux sends at once what has waited"),
  ]

  private var windows = TroubleTable<DirectionKey, ClosedWindow>()

  package init(_ settings: DetectionSettings) {}

  package var topics: Topics { Topics([.zeroWindow, .windowCloses, .windowOpens]) }

  package mutating func observe(_ observations: borrowing [Observation]) {
    for index in observations.indices where observations[index].amends == 0 {
      if observations[index].anomalies.contains(.windowCloses) {
        windows.update(DirectionKey(observations[index]), fresh: ClosedWindow()) { $0.close(observations[index]) }
      } else if observations[index].anomalies.contains(.zeroWindow) {
        windows.change(DirectionKey(observations[index])) { $0.stay(observations[index]) }
      } else if observations[index].anomalies.contains(.windowOpens) {
        windows.change(DirectionKey(observations[index])) { $0.open(observations[index]) }
      }
    }
  }

  package var awaitsEnds: Bool { !windows.isEmpty }

  package mutating func connectionEnded(_ connection: borrowing ConnectionEnd) {
    for fromClient in [true, false] {
      windows.keep(DirectionKey(connection: connection.id, fromClient: fromClient)) { window in
        window.end()
        return window.isRemarkable
      }
    }
  }

  package var mayName: [ConnectionID] { windows.keys.map(\.connection) }

  package func findings() -> [Finding] {
    windows.dictionary.compactMap { key, window in
      var window = window
      window.end()
      return window.isRemarkable ? Self.finding(key.connection, window) : nil
    }
  }

  private static func finding(_ connection: ConnectionID, _ window: ClosedWindow) -> Finding {
    var finding = window.isProven ? wait(window) : moments(window)
    finding.connections = [connection]
    finding.attach(window.evidence)
    return finding
  }

  private static func wait(_ window: ClosedWindow) -> Finding {
    let severity: Severity = window.closed >= critical ? .critical : window.closed >= warning ? .warning : .notice
    let times = window.episodes == 1 ? "" : " \(Words.count(window.episodes, "time")),"
    let sum = "for \(Words.duration(window.closed))" + (window.episodes == 1 ? "" : " in all")
    let wait = window.closed == 0 ? "each time for a moment" : sum
    var finding = Finding(
      WindowRules.zero, severity, .certain, proof: .proven,
      summary:
        "\(Words.name(window.receiver)) closed its window\(times) \(wait): \(Words.name(window.sender)) had to wait"
        + "\(window.neverOpened ? ", and was waiting still when last seen" : "").")
    finding.measures = [
      Measure("closed", Words.seconds(window.closed), "s"), Measure("longest", Words.seconds(window.longest), "s"),
      Measure("closings", Double(window.episodes)), Measure("answered-probes", Double(window.answers), "packets"),
    ]
    finding.cost.time = window.closed
    return finding
  }

  /// Many short closings, of which nothing tells whether the sender had anything to send.
  private static func moments(_ window: ClosedWindow) -> Finding {
    let closings = window.episodes + window.pauses
    var finding = Finding(
      WindowRules.zero, .notice, .possible, proof: .inferred,
      summary: "\(Words.name(window.receiver)) closed its window \(Words.count(closings, "time")) for a moment: "
        + "\(Words.name(window.sender)) may have had to wait.")
    finding.measures = [Measure("closings", Double(closings))]
    return finding
  }
}
