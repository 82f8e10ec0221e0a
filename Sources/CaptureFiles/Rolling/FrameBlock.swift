import Frames
import Synchronization

/// Frames as pcapng blocks in memory that is reserved once.
final class FrameBlock {
  /// Whole packet blocks.
  private(set) var bytes: [UInt8] = []
  /// Time of the first frame, and the latest of all.
  private(set) var firstTime: Int64 = 0
  private(set) var latestTime: Int64 = .min
  /// Whether the file before this block ends where it begins.
  var beginsFile = false
  /// What was counted when the block was closed, for each interface.
  var counts: [InterfaceCounts]
  private let capacity: Int

  init(capacity: Int, interfaces: Int) {
    self.capacity = capacity
    bytes.reserveCapacity(capacity)
    counts = Array(repeating: InterfaceCounts(), count: interfaces)
  }

  /// Bytes that a frame of `length` bytes takes in a block.
  @inline(__always)
  static func size(ofFrame length: Int) -> Int { [UInt8].packetBlockOverhead + (length + 3) & ~3 }

  /// Whether `size` bytes more fit without another allocation.
  @inline(__always)
  func hasRoom(for size: Int) -> Bool { bytes.count + size <= capacity }

  /// Empties the block and keeps its memory.
  func reset(beginsFile: Bool) {
    bytes.removeAll(keepingCapacity: true)
    latestTime = .min
    self.beginsFile = beginsFile
  }

  /// Adds a frame, which must have room.
  @inline(__always)
  func add(_ record: FrameRecord, _ frame: RawSpan) {
    if bytes.isEmpty { firstTime = record.time }
    latestTime = max(latestTime, record.time)
    bytes.append(packet: record, ticks: UInt64(max(0, record.time)), frame)
  }

  /// Copies the counts; element by element, so that nothing is allocated.
  func note(_ current: [InterfaceCounts]) {
    for index in counts.indices { counts[index] = current[index] }
  }
}

/// What is counted for one interface since the capture began; running totals.
package struct InterfaceCounts: Sendable, Hashable {
  /// Frames that the interface received.
  package var received: UInt64
  /// Frames that the interface itself dropped.
  package var droppedByInterface: UInt64
  /// Frames that found no room in the ring between the kernel and this program.
  package var droppedBySystem: UInt64
  /// Frames that reached this program and could not be written; counted here, not by the caller.
  var notWritten: UInt64 = 0

  /// Joins the totals.
  package init(received: UInt64 = 0, droppedByInterface: UInt64 = 0, droppedBySystem: UInt64 = 0) {
    self.received = received
    self.droppedByInterface = droppedByInterface
    self.droppedBySystem = droppedBySystem
  }

  /// The statistics block of a file that holds what came after `start`, as totals add up over the files of a series.
  func statistics(since start: InterfaceCounts) -> PcapngStatistics {
    func gain(_ field: (InterfaceCounts) -> UInt64) -> UInt64 { field(self) - min(field(self), field(start)) }
    let missing = gain(\.notWritten)
    var statistics = PcapngStatistics(
      received: gain(\.received), droppedByInterface: gain(\.droppedByInterface),
      droppedBySystem: gain(\.droppedBySystem) &+ missing)
    if missing > 0 {
      statistics.comment = "\(Quantity.count(missing, "frame")) could not be written; isb_osdrop contains them."
    }
    return statistics
  }
}

extension [InterfaceCounts] {
  /// The statistics blocks that end a file, for counts that were `start` where it began.
  func statistics(since start: [InterfaceCounts], at time: Int64) -> [UInt8] {
    var bytes: [UInt8] = []
    for index in indices {
      bytes.append(self[index].statistics(since: start[index]), interface: index, ticks: UInt64(Swift.max(0, time)))
    }
    return bytes
  }
}

extension [CaptureInterface] {
  /// The start of a file whose frames are told to the nanosecond, as ``FrameBlock`` does.
  var header: [UInt8] {
    let exact = map { interface in
      var exact = interface
      exact.timeDigits = 9
      return exact
    }
    return CaptureEncoder(.pcapng, interfaces: exact).bytes
  }
}

/// Blocks on their way from the capture thread to the thread that writes, which never wait for each other.
///
/// A circle of blocks: those from `drained` to `sealed` belong to the writing thread, all others to the capture thread.
/// Only the capture thread moves `sealed` and only the writing thread moves `drained`, and each store releases what was
/// done to the block before; that is why the blocks may be shared.
final class BlockQueue: @unchecked Sendable {
  private let blocks: [FrameBlock]
  private let sealed = Atomic(0)
  private let drained = Atomic(0)

  init(blocks count: Int, of capacity: Int, interfaces: Int) {
    blocks = (0..<count).map { _ in FrameBlock(capacity: capacity, interfaces: interfaces) }
  }

  /// The block that the capture thread fills; nil while the writing thread has them all.
  var free: FrameBlock? {
    let next = sealed.load(ordering: .relaxed)
    return next - drained.load(ordering: .acquiring) < blocks.count ? blocks[next % blocks.count] : nil
  }

  /// Whether the writing thread has nothing left to do.
  var isDrained: Bool { drained.load(ordering: .acquiring) == sealed.load(ordering: .relaxed) }

  /// Hands the block that was filled to the writing thread.
  func seal() { sealed.add(1, ordering: .releasing) }

  /// The oldest block that is to be written; nil when there is none.
  var next: FrameBlock? {
    let oldest = drained.load(ordering: .relaxed)
    return oldest < sealed.load(ordering: .acquiring) ? blocks[oldest % blocks.count] : nil
  }

  /// Gives the oldest block back.
  func release() { drained.add(1, ordering: .releasing) }
}
