import Dissection
import Frames

/// How many segments came twice: once enough data came twice, copies of bare ACKs are believed too.
struct CopyCensus: Sendable {
  var segments: UInt64 = 0
  var copies: UInt64 = 0
  /// Segments that are never identical by chance (data, SYN, FIN), and copies among them.
  var telling: UInt64 = 0
  var tellingCopies: UInt64 = 0

  /// Longest time between an original and its copy, among those that are never equal by chance.
  var distance: Int64 = 0

  /// The file holds every frame (or every frame of one tap) twice.
  var isDoubled: Bool { tellingCopies >= 2 && tellingCopies * 5 >= telling }
}

/// Copies among the segments of a capture.
package struct CopySummary: Sendable {
  /// Segments looked at, copies among them.
  package var segments: UInt64
  package var copies: UInt64
  /// The same for data, SYN and FIN alone.
  package var telling: UInt64
  package var tellingCopies: UInt64

  init(_ census: CopyCensus) {
    segments = census.segments
    copies = census.copies
    telling = census.telling
    tellingCopies = census.tellingCopies
  }
}

/// When and where a segment was seen that another one may be a copy of.
struct Original: Sendable {
  var moment: UInt32
  var place: UInt16
  var hopLimit: UInt8
}

/// The latest segments of a doubled file by signature: a table of fixed size in which the newer one wins a place.
struct RecentSegments: Sendable {
  private struct Entry: Sendable {
    var id = ConnectionID(rawValue: 0)
    var signature: UInt32 = 0
    var original = Original(moment: 0, place: 0, hopLimit: 0)
  }

  private static let size = 1024
  /// Empty until the first doubled segment: most files never need it.
  private var entries: [Entry] = []

  private func place(_ signature: UInt32, _ id: ConnectionID) -> Int {
    Int((UInt64(signature) ^ id.rawValue &* 0x9E37_79B9_7F4A_7C15) % UInt64(Self.size))
  }

  func original(of signature: UInt32, _ id: ConnectionID) -> Original? {
    guard !entries.isEmpty else { return nil }
    let entry = entries[place(signature, id)]
    return entry.signature == signature && entry.id == id ? entry.original : nil
  }

  mutating func note(_ signature: UInt32, _ id: ConnectionID, _ original: Original) {
    if entries.isEmpty { entries = Array(repeating: Entry(), count: Self.size) }
    entries[place(signature, id)] = Entry(id: id, signature: signature, original: original)
  }

  mutating func forget(_ signature: UInt32, _ id: ConnectionID) {
    guard !entries.isEmpty else { return }
    entries[place(signature, id)] = Entry()
  }
}

extension Direction {
  /// The next segment like this one is no copy of it.
  fileprivate mutating func forget(_ digest: UInt32) {
    if signature == digest { signature = 0 } else if olderSignature == digest { olderSignature = 0 }
  }
}

extension Analysis {
  /// A copy follows its original within this time; beyond it the same bytes are a copy made by the network.
  private static let copyWindow: Int64 = 10_000_000
  /// Without IP ID and timestamps, two segments may be equal by chance after this time.
  private static let plainCopyWindow: Int64 = 1_000_000

  /// Whether the segment was captured before: same direction, all telling fields equal, close in time.
  ///
  /// Storm trap: ACKs of a storm without usable IP ID are equal although distinct. They are taken for copies only in a
  /// file whose data segments come twice, and as close as those, or when they were taken at another place.
  @inline(__always)
  mutating func isCopy(_ s: Segment, _ x: inout Direction, _ shared: inout SharedState) -> Bool {
    let signature = digest(s)
    copies.segments &+= 1
    let telling = s.sequenceLength > 0
    if telling { copies.telling &+= 1 }
    let isNewer = signature == x.signature
    if isNewer || signature == x.olderSignature {
      let moment = isNewer ? x.signatureTime : x.olderSignatureTime
      if believable(s, Original(moment: moment, place: x.place, hopLimit: x.hopLimit)) {
        countCopy(s, moment)
        // The third of identical bare ACKs is a new one, unless something else tells it from the first.
        if !telling, s.ipIdentification == 0 {
          x.forget(signature)
          recent.forget(signature, shared.id)
        }
        return true
      }
    }
    if copies.isDoubled, isRecentCopy(s, signature, shared.id) { return true }
    x.olderSignature = x.signature
    x.olderSignatureTime = x.signatureTime
    x.signature = signature
    x.signatureTime = Direction.moment(s.time)
    x.place = s.place
    return false
  }

  private mutating func countCopy(_ s: Segment, _ moment: UInt32) {
    copies.copies &+= 1
    guard s.sequenceLength > 0 else { return }
    copies.tellingCopies &+= 1
    copies.distance = max(copies.distance, Direction.age(s.time, since: moment))
  }

  /// In a doubled file others of a burst may lie between a segment and its copy: looks among the latest of all.
  @inline(never)
  private mutating func isRecentCopy(_ s: Segment, _ signature: UInt32, _ id: ConnectionID) -> Bool {
    if let original = recent.original(of: signature, id), believable(s, original) {
      countCopy(s, original.moment)
      if s.sequenceLength == 0, s.ipIdentification == 0 { recent.forget(signature, id) }
      return true
    }
    recent.note(signature, id, Original(moment: Direction.moment(s.time), place: s.place, hopLimit: s.hopLimit))
    return false
  }

  @inline(never)
  private func believable(_ s: Segment, _ original: Original) -> Bool {
    let age = Direction.age(s.time, since: original.moment)
    let hasIdentification = s.ipIdentification != 0
    guard age <= (hasIdentification || s.hasTimestamps ? Self.copyWindow : Self.plainCopyWindow) else { return false }
    if s.sequenceLength > 0 || hasIdentification { return true }
    let isNear = age <= 2 * copies.distance + 10 * PacketTime.microsecond
    return copies.isDoubled && isNear || s.place != original.place || s.hopLimit != original.hopLimit
  }

  /// 32 bits over everything that a true second segment would change.
  ///
  /// The hop limit is left out: routers count it down.
  @inline(__always)
  private func digest(_ s: Segment) -> UInt32 {
    var value = UInt64(s.sequence.rawValue) << 32 | UInt64(s.acknowledgment.rawValue)
    value = value &* 0x9E37_79B9_7F4A_7C15
    value ^= UInt64(s.timestampValue) << 32 | UInt64(s.timestampEcho)
    value = (value ^ value >> 29) &* 0xBF58_476D_1CE4_E5B9
    value ^= UInt64(s.payloadLength) << 32 | UInt64(s.flags.rawValue) << 16 | UInt64(s.window)
    value = (value ^ value >> 32) &* 0x94D0_49BB_1331_11EB
    value ^= UInt64(s.ipIdentification) << 16 | UInt64(s.checksum)
    return UInt32(truncatingIfNeeded: (value ^ value >> 31) &* 0x9E37_79B9_7F4A_7C15 >> 32) | 1
  }

  /// Tells of a copy; a DSACK may show later that the receiver got both, which makes it the network's.
  @inline(never)
  mutating func noteCopy(_ s: Segment, _ x: inout Direction, _ shared: inout SharedState, fromLow: Bool) {
    var observation = Observation(s, connection: shared.id, fromClient: fromLow == shared.lowIsClient)
    observation.kind = .captureDuplicate
    observation.progress = shared.progress
    tell(observation)
    if s.payloadLength > 0, !copies.isDoubled { withRecovery(&shared, ofLow: fromLow) { $0.rememberCopy(s) } }
  }
}
