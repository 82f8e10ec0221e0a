import Frames

/// Frames copied out of the kernel's ring until a batch is handed on; memory is taken once.
struct CopiedFrames {
  private static let mostFrames = 512
  private static let mostBytes = 1 << 20

  private(set) var bytes: [UInt8] = []
  private(set) var records: [FrameRecord] = []
  private var frames: UInt64 = 0

  init() {
    bytes.reserveCapacity(Self.mostBytes + Int(UInt16.max) * 4)
    records.reserveCapacity(Self.mostFrames)
  }

  var hasRoom: Bool { records.count < Self.mostFrames && bytes.count < Self.mostBytes }

  mutating func append(
    _ frame: UnsafeBufferPointer<UInt8>, time: Int64, length: UInt32, interface: UInt16, linkType: LinkType
  ) {
    let record = FrameRecord(
      number: 0, time: time, offset: UInt32(bytes.count), capturedLength: UInt32(frame.count), originalLength: length,
      interface: interface, linkType: linkType)
    // Copies bytes that are there until the next call.
    unsafe bytes.append(contentsOf: frame)
    records.append(record)
  }

  /// Numbers the frames in the order of their times, as they will be handed on.
  mutating func number(sorting: Bool) {
    if sorting { records.sort { ($0.time, $0.offset) < ($1.time, $1.offset) } }
    for index in records.indices {
      frames &+= 1
      records[index].number = frames
    }
  }

  mutating func empty() {
    bytes.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
  }
}
