import Frames

/// Walks over the blocks of a pcapng file, section after section.
///
///     |        Block type         |      Block length     |  0
///     |  Body, padded to 4 bytes                          |  8
///     |        Block length       |
///
/// Source: draft-ietf-opsawg-pcapng, section 3.1.
struct PcapngCursor {
  private var isBigEndian = false
  /// The interfaces of this section.
  private var interfaces: [PcapngInterface] = []
  /// Bytes of an unknown block that are not yet passed over; such a block need not fit into the window.
  private(set) var skipping: UInt64 = 0
  /// Simple packet blocks have no time; they get that of the frame before them.
  private(set) var lastTime: Int64 = 0
  /// Sections and interfaces so far: whatever decides how frames are read.
  private(set) var changes: UInt32 = 0
  /// Offset in the window behind the last block without a frame; -1 where the walk met none.
  private var passedTo = -1
  private let ledger: CaptureLedger
  /// Interfaces of the files before this one, which ended before it began: those with the same description are the same.
  private let knownInterfaces: Int

  /// Bytes of a section header without options.
  static let shortestSection = 28
  private static let sectionHeader: UInt32 = 0x0A0D_0D0A
  /// Bytes that a block with a frame or an interface may have: a frame and a lot of options.
  private static let maximumBlock = maximumCapturedLength + (1 << 17)
  /// A section may describe so many interfaces; a frame record cannot number more.
  private static let maximumInterfaces = 1 << 16
  /// So many interfaces are compared with those of earlier files, each with each.
  private static let maximumShared = 64

  /// Starts before the first section; interfaces and drops go to `ledger`.
  ///
  /// With `continues` all files before this one have ended, so that it may go on with their interfaces.
  init(ledger: CaptureLedger, continues: Bool) {
    self.ledger = ledger
    knownInterfaces = continues ? min(ledger.description.interfaces.count, PcapngCursor.maximumShared) : 0
  }

  /// Goes on at a frame elsewhere in the section, behind one of that time.
  mutating func move(timeBefore: Int64) {
    (skipping, lastTime) = (0, timeBefore)
  }

  /// Writes the frames from `start` on into `records` until they are full, the bytes end, or a frame is later than
  /// `limit`.
  ///
  /// - Complexity: O(blocks); allocates only for interfaces.
  mutating func walk(
    _ bytes: RawSpan, from start: Int, limit: Int64, number: UInt64, into records: inout MutableSpan<FrameRecord>
  ) -> FrameWalk {
    let passed = Int(min(skipping, UInt64(bytes.byteCount - start)))
    skipping -= UInt64(passed)
    var place = FrameWalk(position: start + passed, count: 0, stop: .full)
    guard skipping == 0 else { return FrameWalk(position: place.position, count: 0, stop: .needs(1)) }
    passedTo = -1
    while true {
      let stop =
        isBigEndian
        ? walkSection(BigEndian.self, bytes, &place, limit, number, &records)
        : walkSection(LittleEndian.self, bytes, &place, limit, number, &records)
      if let stop = stop ?? beginSection(bytes, &place) {
        place.stop = stop
        place.isBehindFrame = place.count > 0 && passedTo != place.position
        return place
      }
    }
  }

  /// Walks to the end of the section; returns nil at the header of another one.
  @inline(__always)
  private mutating func walkSection<Order: ByteOrder>(
    _ order: Order.Type, _ bytes: RawSpan, _ place: inout FrameWalk, _ limit: Int64, _ number: UInt64,
    _ records: inout MutableSpan<FrameRecord>
  ) -> FrameWalk.Stop? {
    var (position, count) = (place.position, place.count)
    let room = records.count
    defer { (place.position, place.count) = (position, count) }
    while count < room {
      let left = bytes.byteCount &- position
      guard left >= 12 else { return .needs(12) }
      if Order.word(bytes, position) == PcapngCursor.sectionHeader { return nil }
      let frame: PcapngFrame
      switch step(order, bytes, position, left) {
      case .passed(let length):
        position &+= length
        passedTo = position
        continue
      case .stop(let stop): return stop
      case .frame(let read): frame = read
      }
      guard frame.interface < interfaces.count else { return .damaged(.unknownInterface(frame.interface)) }
      let interface = interfaces[frame.interface]
      let time = frame.isTimed ? interface.time(frame.ticks) : lastTime
      guard time <= limit else { return .later(time) }
      lastTime = time
      records[count] = FrameRecord(
        number: number &+ UInt64(truncatingIfNeeded: count), time: time,
        offset: UInt32(truncatingIfNeeded: position &+ frame.start),
        capturedLength: frame.captured(snapLength: interface.snapLength), originalLength: frame.original,
        interface: interface.index, linkType: interface.linkType)
      count &+= 1
      position &+= frame.blockLength
    }
    return .full
  }

  private enum Step {
    case frame(PcapngFrame)
    case passed(Int)
    case stop(FrameWalk.Stop)
  }

  /// Reads the block at `position`, of which `left` bytes (12 or more) are there.
  @inline(__always)
  private mutating func step<Order: ByteOrder>(
    _ order: Order.Type, _ bytes: RawSpan, _ position: Int, _ left: Int
  ) -> Step {
    let type = Order.word(bytes, position)
    let stated = Order.word(bytes, position &+ 4)
    let length = Int(stated)
    guard length >= 12, length & 3 == 0 else { return .stop(.damaged(.blockLength(stated))) }
    guard 1...6 ~= type, type != 4 else {
      // Names, secrets, whatever comes: passed over, even where it is larger than the window.
      let passed = min(length, left)
      skipping = UInt64(length &- passed)
      return .passed(passed)
    }
    guard length <= PcapngCursor.maximumBlock else { return .stop(.damaged(.blockLength(stated))) }
    guard left >= length else { return .stop(.needs(length)) }
    let trailing = Order.word(bytes, position &+ length &- 4)
    guard trailing == stated else { return .stop(.damaged(.trailer(leading: stated, trailing: trailing))) }
    if type == 1 || type == 5 { return takeState(order, bytes, type, position, length) }
    guard let frame = PcapngFrame(order, bytes, type: type, block: position, length: length) else {
      return .stop(.damaged(.blockLength(stated)))
    }
    return .frame(frame)
  }

  /// Takes an interface description or interface statistics block.
  @inline(never)
  private mutating func takeState<Order: ByteOrder>(
    _ order: Order.Type, _ bytes: RawSpan, _ type: UInt32, _ position: Int, _ length: Int
  ) -> Step {
    guard length >= (type == 1 ? 20 : 24) else { return .stop(.damaged(.blockLength(UInt32(length)))) }
    if type == 1, interfaces.count < PcapngCursor.maximumInterfaces {
      var (interface, described) = PcapngInterface.read(order, bytes, start: position, length: length)
      let looksBack = interfaces.count < PcapngCursor.maximumShared
      let known = ledger.known(described, first: looksBack ? knownInterfaces : 0) { index in
        !interfaces.contains { $0.index == index }
      }
      interface.index = known ?? ledger.add(described)
      interfaces.append(interface)
      changes &+= 1
    } else if type == 5 {
      let id = Int(Order.word(bytes, position + 8))
      if id < interfaces.count, let drops = PcapngInterface.drops(order, bytes, start: position, length: length) {
        ledger.setDrops(drops, insteadOf: interfaces[id].drops, interface: interfaces[id].index)
        interfaces[id].drops = drops
      }
    }
    return .passed(length)
  }

  /// Takes the section header at `place`, 12 bytes or more of which are there.
  ///
  ///     | Type, a palindrome        |      Block length     |  0
  ///     |     Byte-order magic      |   Major   |   Minor   |  8
  ///     |   Section length (64 bits, may be unknown)        | 16
  private mutating func beginSection(_ bytes: RawSpan, _ place: inout FrameWalk) -> FrameWalk.Stop? {
    let magic: UInt32 = bytes.bigEndian(place.position + 8)
    guard magic == 0x1A2B_3C4D || magic == 0x4D3C_2B1A else { return .damaged(.sectionHeader) }
    let isBig = magic == 0x1A2B_3C4D
    let stated: UInt32 = isBig ? bytes.bigEndian(place.position + 4) : bytes.littleEndian(place.position + 4)
    let length = Int(stated)
    guard length >= 28, length & 3 == 0, length <= PcapngCursor.maximumBlock else {
      return .damaged(.blockLength(stated))
    }
    guard bytes.byteCount - place.position >= length else { return .needs(length) }
    let major: UInt16 = isBig ? bytes.bigEndian(place.position + 12) : bytes.littleEndian(place.position + 12)
    guard major == 1 else { return .damaged(.sectionHeader) }
    isBigEndian = isBig
    interfaces.removeAll(keepingCapacity: true)
    place.position += length
    passedTo = place.position
    changes &+= 1
    return nil
  }
}
