import Dissection
import Frames
import Tracking

/// Numbers and plurals as findings say them.
enum Words {
  /// `1 packet`, `2,000 packets`.
  static func count(_ value: some BinaryInteger, _ noun: String) -> String { Quantity.count(value, noun) }

  /// Digits in groups of three.
  static func grouped(_ value: some BinaryInteger) -> String { Quantity.count(value) }

  /// `850 µs`, `12.5 ms`, `3.2 s`, `2 h 5 min`.
  static func duration(_ nanoseconds: Int64) -> String { Quantity.duration(nanoseconds) }

  /// One decimal below 10, none above.
  static func rounded(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "very many" }
    if abs(value) >= 10 { return grouped(Int64(value.rounded())) }
    let tenths = Int64((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }

  /// `2.3 %`.
  static func percent(_ part: some BinaryInteger, of whole: some BinaryInteger) -> String {
    whole == 0 ? "0 %" : "\(rounded(100 * Double(part) / Double(whole))) %"
  }

  /// An end of a connection as text; empty when it is not known.
  static func name(_ endpoint: Endpoint?) -> String { endpoint.map { "\($0)" } ?? "" }

  static func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e9 }
}

/// The frames that prove a finding: the first ones and the last ones, at most ``Evidence/most``.
///
/// Frames are kept as they came and described only when a finding is made of them: most never are.
struct Evidence: Sendable {
  /// What a frame shows, and the fields that show it.
  typealias Note = (text: String, telling: [String])
  typealias Describe = @Sendable (Observation) -> Note

  /// Frames that a finding lists at most.
  ///
  /// Source: design §2.
  static let most = 20

  private struct Entry: Sendable {
    let observation: Observation
    let describe: Describe
  }

  private var first: [Entry] = []
  private var last: [Entry] = []
  private var oldestLast = 0
  private let keepFirst: Int
  private let keepLast: Int
  private(set) var firstFrame: UInt64 = 0
  private(set) var lastFrame: UInt64 = 0
  private(set) var firstTime: Int64 = 0
  private(set) var lastTime: Int64 = 0

  init(first: Int = 12, last: Int = 4) {
    keepFirst = first
    keepLast = last
  }

  /// Notes a frame; it is listed if it is among the first or (for now) the last.
  mutating func add(_ observation: Observation, _ describe: @escaping Describe) {
    let segment = observation.segment
    if firstFrame == 0 {
      firstFrame = segment.frame
      (firstTime, lastTime) = (segment.time, segment.time)
    }
    lastFrame = max(lastFrame, segment.frame)
    lastTime = max(lastTime, segment.time)
    if first.count < keepFirst {
      first.append(Entry(observation: observation, describe: describe))
    } else if last.count < keepLast {
      last.append(Entry(observation: observation, describe: describe))
    } else if keepLast > 0 {
      last[oldestLast] = Entry(observation: observation, describe: describe)
      oldestLast = (oldestLast + 1) % keepLast
    }
  }

  /// Frames in order, described.
  var frames: [EvidenceFrame] {
    (first + last).sorted { $0.observation.segment.frame < $1.observation.segment.frame }.map { entry in
      let note = entry.describe(entry.observation)
      return EvidenceFrame(entry.observation.segment, note: note.text, telling: note.telling)
    }
  }
}

extension Finding {
  /// Takes frames and times from the connections that it is about.
  mutating func place(_ extent: Extent) {
    (firstFrame, lastFrame) = (extent.firstFrame, extent.lastFrame)
    (firstTime, lastTime) = (extent.firstTime, extent.lastTime)
  }

  /// Takes frames and times from the evidence.
  mutating func attach(_ evidence: Evidence) {
    self.evidence = Array(evidence.frames.prefix(Evidence.most))
    firstFrame = evidence.firstFrame
    lastFrame = evidence.lastFrame
    firstTime = evidence.firstTime
    lastTime = evidence.lastTime
  }
}

extension Observation {
  /// Bytes of the frame on a wire of Ethernet, headers included: what a useless segment costs.
  var wireBytes: UInt64 {
    let header: UInt64 = segment.source.isV4 ? 54 : 74
    return header + (segment.hasTimestamps ? 12 : 0) + UInt64(segment.payloadLength)
  }
}

/// From the first to the last frame of some connections.
struct Extent: Sendable {
  private(set) var firstFrame: UInt64 = 0
  private(set) var lastFrame: UInt64 = 0
  private(set) var firstTime: Int64 = 0
  private(set) var lastTime: Int64 = 0

  mutating func include(_ connection: borrowing ConnectionEnd) {
    lastTime = lastFrame == 0 ? connection.lastTime : max(lastTime, connection.lastTime)
    lastFrame = max(lastFrame, connection.lastFrame)
    guard firstFrame == 0 || connection.firstFrame < firstFrame else { return }
    firstFrame = connection.firstFrame
    firstTime = connection.firstTime
  }
}

/// Key of one direction of a connection.
struct DirectionKey: Hashable, Sendable {
  var connection: ConnectionID
  var fromClient: Bool

  /// As cheap as that of a connection's number, for the same reason.
  // swift-format-ignore: NoLeadingUnderscores
  func _rawHashValue(seed: Int) -> Int {
    ConnectionID(rawValue: connection.rawValue << 1 | (fromClient ? 1 : 0))._rawHashValue(seed: seed)
  }

  /// The derived one goes through a call into another room for each part.
  static func == (a: Self, b: Self) -> Bool {
    a.connection.rawValue == b.connection.rawValue && a.fromClient == b.fromClient
  }

  init(_ observation: Observation) {
    connection = observation.connection
    fromClient = observation.fromClient
  }

  init(connection: ConnectionID, fromClient: Bool) {
    self.connection = connection
    self.fromClient = fromClient
  }
}

/// Two hosts, whoever of them opened what: the lower address first.
struct HostPair: Hashable, Comparable, Sendable {
  let low: IPAddress
  let high: IPAddress

  init(_ a: IPAddress, _ b: IPAddress) {
    low = min(a, b)
    high = max(a, b)
  }

  init(_ observation: Observation) { self.init(observation.segment.source, observation.segment.destination) }

  private static let secret = UInt64.random(in: .min ... .max)

  /// Two keyed multiplications: nobody outside can make pairs collide, and every idle ACK asks for its pair.
  // swift-format-ignore: NoLeadingUnderscores
  func _rawHashValue(seed: Int) -> Int {
    let key = Self.secret ^ UInt64(bitPattern: Int64(seed))
    let first = (low.low ^ key).multipliedFullWidth(by: high.low ^ 0x9E37_79B9_7F4A_7C15 | 1)
    let second = (low.high ^ first.low).multipliedFullWidth(by: high.high ^ first.high ^ key | 1)
    return Int(truncatingIfNeeded: second.high ^ second.low)
  }

  static func == (a: Self, b: Self) -> Bool {
    a.low.low == b.low.low && a.high.low == b.high.low && a.low.high == b.low.high && a.high.high == b.high.high
  }

  static func < (a: Self, b: Self) -> Bool { a.low == b.low ? a.high < b.high : a.low < b.low }

  var names: [String] { ["\(low)", "\(high)"] }
}
