import Dissection
import Tracking

/// Judges what tracking has derived: sees observations in packet order and the end of each connection, and says at any
/// time which findings that amounts to.
///
/// Detectors hold state for troubled connections only and derive no TCP facts of their own. Time is packet time.
package protocol Detector: Sendable {
  /// The rules that this detector can fire, in the order in which they are listed.
  static var rules: [Rule] { get }

  /// Thresholds in force, for the report.
  static var thresholds: [Threshold] { get }

  /// A detector that has seen nothing.
  init(_ settings: DetectionSettings)

  /// What it must be shown; batches that are about nothing of it pass by.
  ///
  /// It may widen while there is something to follow.
  var topics: Topics { get }

  /// Takes the next observations, in packet order.
  mutating func observe(_ observations: borrowing [Observation])

  /// Takes the ends of connections: closed, expired, evicted, or the capture is over.
  mutating func connectionsEnded(_ connections: borrowing [ConnectionEnd])

  /// Takes what is known of the capture as a whole: at its end, and in live mode whenever findings are asked for.
  mutating func captureSurveyed(_ facts: borrowing CaptureFacts)

  /// Of the connections that it has been shown, those that a finding may name, now or later.
  ///
  /// Only of these the ends are sure to be kept for the report: once a connection has ended without being among them, no
  /// finding may name it. In any order, some perhaps twice; bounded as the state is.
  var mayName: [ConnectionID] { get }

  /// What the state amounts to now; may be asked at any time, changes nothing.
  ///
  /// Order does not matter, it is set later. - Complexity: O(troubled connections).
  func findings() -> [Finding]
}

extension Detector {
  package static var thresholds: [Threshold] { [] }
  package var topics: Topics { .everything }
  package var mayName: [ConnectionID] { [] }
  package mutating func observe(_ observations: borrowing [Observation]) {}
  package mutating func connectionsEnded(_ connections: borrowing [ConnectionEnd]) {}
  package mutating func captureSurveyed(_ facts: borrowing CaptureFacts) {}
}

/// A detector that also judges how connections ended; the others are spared looking at a million of them.
package protocol EndDetector: Detector {
  /// Takes the end of a connection: closed, expired, evicted, or the capture is over.
  mutating func connectionEnded(_ connection: borrowing ConnectionEnd)

  /// Whether ends can change anything now; a million of them are spared a detector that has nothing to end.
  var awaitsEnds: Bool { get }
}

extension EndDetector {
  package var awaitsEnds: Bool { true }

  package mutating func connectionsEnded(_ connections: borrowing [ConnectionEnd]) {
    guard awaitsEnds else { return }
    for index in connections.indices { connectionEnded(connections[index]) }
  }
}

/// A named threshold with its reason.
package struct Threshold: Sendable {
  package var rule: String
  package var name: String
  package var value: String
  package var reason: String

  package init(_ rule: String, _ name: String, _ value: String, because reason: String) {
    self.rule = rule
    self.name = name
    self.value = value
    self.reason = reason
  }
}

/// What the user may set for detection.
public struct DetectionSettings: Sendable {
  /// Rules that must not fire.
  public var disabledRules: Set<String> = []
  /// The user says that SMC was expected: connections that never offered it are findings then.
  public var expectSMC = false

  /// Everything on, nothing expected.
  public init() {}
}
