import Dissection

/// A SYN that nobody has answered yet: a sixth of a whole record, because floods are made of them.
struct Embryo: Sendable {
  var key: FlowKey
  var id: ConnectionID
  var firstFrame: UInt64
  var firstTime: Int64
  var lastTime: Int64
  var lastFrame: UInt64
  var isn: SequenceNumber
  var timestamp: UInt32
  var payload: UInt32
  var options: TCPOptions
  var mss: UInt16
  var window: UInt16
  var count: UInt16
  var identification: UInt16
  var flags: UInt16
  var place: UInt16
  var checksum: UInt16
  var windowScale: UInt8
  var hopLimit: UInt8
  var fromLow: Bool

  init(_ segment: Segment, _ key: FlowKey, fromLow: Bool, id: ConnectionID) {
    self.key = key
    self.id = id
    self.fromLow = fromLow
    firstFrame = segment.frame
    lastFrame = segment.frame
    firstTime = segment.time
    lastTime = segment.time
    isn = segment.sequence
    timestamp = segment.timestampValue
    payload = segment.payloadLength
    options = segment.options
    mss = segment.mssOrDigest
    window = segment.window
    count = 1
    identification = segment.ipIdentification
    flags = segment.flags.rawValue
    place = segment.place
    checksum = segment.checksum
    windowScale = segment.windowScale
    hopLimit = segment.hopLimit
  }

  /// The SYN again, as a segment: what the record is made from once somebody answers.
  var syn: Segment {
    var segment = Segment()
    segment.time = firstTime
    segment.frame = firstFrame
    let (from, to) = fromLow ? (key.low, key.high) : (key.high, key.low)
    (segment.source, segment.sourcePort) = (from.address, from.port)
    (segment.destination, segment.destinationPort) = (to.address, to.port)
    segment.sequence = isn
    segment.timestampValue = timestamp
    segment.payloadLength = payload
    segment.flags = TCPFlags(rawValue: flags)
    segment.window = window
    segment.options = options
    segment.mssOrDigest = mss
    segment.windowScale = windowScale
    segment.hopLimit = hopLimit
    segment.ipIdentification = identification
    segment.place = place
    segment.checksum = checksum
    return segment
  }
}
