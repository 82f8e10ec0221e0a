import Dissection

/// By which fields two sightings are taken for the same segment: from all that stays the same to what must.
///
/// A device on the way may rewrite the IP identification or strip the timestamps; a retransmission differs from its
/// original in exactly these. So the strict keys come first, and the lax ones see what they left.
enum SegmentKey: CaseIterable {
  case everything, withoutTimestamps, withoutIdentification, headersOnly, anyAcknowledgment, sequenceOnly

  private var hasIdentification: Bool {
    self == .everything || self == .withoutTimestamps || self == .anyAcknowledgment
  }
  private var hasTimestamps: Bool {
    self == .everything || self == .withoutIdentification || self == .anyAcknowledgment
  }
  private var hasAcknowledgment: Bool { self != .anyAcknowledgment && self != .sequenceOnly }

  /// What is known of a direction from the keys before.
  struct Experience {
    /// The IP identification arrives as it was sent.
    var identificationHolds = false
    /// So do the timestamps.
    var timestampsHold = false
  }

  /// Whether the key may be used for `sighting`: one that is known to be worth more must not be passed over.
  func applies(to sighting: Sighting, _ known: Experience) -> Bool {
    let isTelling = sighting.sequenceLength > 0
    switch self {
    case .everything: return true
    case .withoutTimestamps: return sighting.identification != 0
    case .withoutIdentification:
      return sighting.hasTimestamps && (!known.identificationHolds || sighting.identification == 0)
    case .headersOnly:
      return (!known.identificationHolds || sighting.identification == 0)
        && (!known.timestampsHold || !sighting.hasTimestamps)
    case .anyAcknowledgment: return sighting.identification != 0
    case .sequenceOnly:
      return isTelling && (!known.identificationHolds || sighting.identification == 0)
        && (!known.timestampsHold || !sighting.hasTimestamps)
    }
  }

  /// The fields as one number; equal for equal segments, and for others as good as never.
  ///
  /// `shift` is what the numbers of its capture lie above those of the first.
  func hash(_ sighting: Sighting, _ shift: NumberShift = .zero) -> UInt64 {
    var hash = Mixer()
    hash.add(UInt64(sighting.sequence &- shift.sequence) << 32 | UInt64(sighting.length))
    hash.add(UInt64(sighting.flags.rawValue & 0x17))
    let hasACK = sighting.flags.contains(.ack)
    if hasAcknowledgment, hasACK { hash.add(UInt64(sighting.acknowledgment &- shift.acknowledgment) | 1 << 40) }
    if hasTimestamps { hash.add(UInt64(sighting.timestampValue) << 32 | UInt64(sighting.timestampEcho)) }
    if hasIdentification { hash.add(UInt64(sighting.identification) | 1 << 41) }
    return hash.value
  }

  /// What stays the same when sequence numbers are shifted: two sightings of the same segment agree in it.
  static func unshifted(_ sighting: Sighting) -> UInt64 {
    var hash = Mixer()
    hash.add(UInt64(sighting.length) << 32 | UInt64(sighting.flags.rawValue & 0x07))
    hash.add(UInt64(sighting.timestampValue) << 32 | UInt64(sighting.timestampEcho))
    hash.add(UInt64(sighting.identification) << 32 | UInt64(sighting.digest))
    return hash.value
  }
}

/// What the numbers of one direction in the second capture lie above those in the first.
struct NumberShift: Hashable, Comparable {
  var sequence: UInt32
  var acknowledgment: UInt32

  static let zero = NumberShift(sequence: 0, acknowledgment: 0)

  static func < (a: Self, b: Self) -> Bool {
    (a.sequence, a.acknowledgment) < (b.sequence, b.acknowledgment)
  }
}

extension NumberShift {
  /// What lies between two sightings of one segment.
  init(from first: Sighting, to second: Sighting) {
    sequence = second.sequence &- first.sequence
    acknowledgment = second.acknowledgment &- first.acknowledgment
  }
}

/// Mixes 64-bit words into one: multiply and fold, as in many public hash functions.
struct Mixer {
  private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

  @inline(__always)
  mutating func add(_ word: UInt64) {
    let product = (value ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    value = product.high ^ product.low &+ word
  }
}
