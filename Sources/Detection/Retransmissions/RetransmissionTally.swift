import Dissection
import Tracking

/// Retransmissions of one direction by class, with the frames that show them.
struct RetransmissionTally: Sendable {
  var segments: UInt64 = 0
  var bytes: UInt64 = 0
  var needless: UInt64 = 0
  var stalled: Int64 = 0
  var causes: InlineArray<8, UInt32> = .init(repeating: 0)
  var sender: Endpoint?
  var receiver: Endpoint?
  var evidence = Evidence(first: 10, last: 4)

  mutating func take(_ observation: Observation) {
    segments += 1
    bytes &+= UInt64(observation.repeatedBytes)
    causes[Int(observation.cause.rawValue)] &+= 1
    if observation.anomalies.contains(.needless) { needless += 1 }
    if observation.cause == .rto || observation.cause == .tailLossProbe { stalled &+= observation.stall }
    sender = observation.sender
    receiver = observation.receiver
    evidence.add(observation) { (Self.note($0), ["seq", "len"]) }
  }

  private static func note(_ observation: Observation) -> String {
    let cause = observation.cause == .unknown ? "sent again" : "sent again (\(observation.cause.name))"
    let needless = observation.anomalies.contains(.needless) ? ", needlessly" : ""
    return observation.anomalies.contains(.fillsGap)
      ? cause + ", the first copy was lost before this point" : cause + needless
  }

  /// The classes inside, those that occurred.
  var measures: [Measure] {
    var list = RetransmissionCause.allCases.compactMap { cause -> Measure? in
      let count = causes[Int(cause.rawValue)]
      return cause == .none || count == 0 ? nil : Measure(cause.name, Double(count), "segments")
    }
    if needless > 0 { list.append(Measure("needless", Double(needless), "segments")) }
    if stalled > 0 { list.append(Measure("stalled", Words.seconds(stalled), "s")) }
    return list
  }

  /// Label of the class that most of them belong to.
  var mainCause: String {
    if needless * 2 > segments { return "needless" }
    let most = RetransmissionCause.allCases.filter { $0 != .none }
      .max { (causes[Int($0.rawValue)], $1.rawValue) < (causes[Int($1.rawValue)], $0.rawValue) }
    return most.map(\.name) ?? ""
  }
}
