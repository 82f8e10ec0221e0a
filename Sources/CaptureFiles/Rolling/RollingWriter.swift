import Frames
import Synchronization

/// How the files of a run are named, how large they become and how many of them stay.
package struct RollingPlan: Sendable {
  /// Where the files are made.
  package var directory: String
  /// What their names begin with.
  package var prefix: String
  /// Bytes after which the next file begins.
  package var rotate: UInt64
  /// How many files stay, the newest; nil = all.
  package var keep: Int?
  /// Bytes of a block, which is what one `write` takes, and how many blocks wait for a slow disk.
  package var blockBytes = 1 << 20
  package var blocks = 32

  /// Joins the parts.
  package init(directory: String, prefix: String = "tcptriage", rotate: UInt64 = 100_000_000, keep: Int? = 10) {
    self.directory = directory
    self.prefix = prefix
    self.rotate = rotate
    self.keep = keep
  }
}

/// Writes frames to a series of pcapng files while they are analyzed, without ever making the capture thread wait.
///
/// `take`, `note`, `rotate`, `flush` and `finish` belong to the capture thread; they neither allocate nor wait, save
/// `finish`. Frames are put into blocks of memory that a thread of its own writes; while all blocks wait for the disk,
/// frames are counted instead. Each file is whole on its own and says at its end what was dropped while it was written.
///
/// A file begins with a frame no earlier than all before it, so that a reader who sorts files by time finds the frames in
/// the order in which they were taken. Where times run back for long, a file grows to twice its size before it ends.
package final class RollingWriter {
  private let plan: RollingPlan
  private let queue: BlockQueue
  private let bell: Bell
  private let thread: WorkerThread
  private let drain: RollingDrain
  private var counts: [InterfaceCounts]
  /// The block that is being filled; nil when none was asked for yet, or all wait for the disk.
  private var filling: FrameBlock?
  /// Whether the next block begins a file.
  private var beginsFile = true
  private var wantsRotation = false
  private var isQuiet = false
  private var isFinished = false
  /// What the file will hold once all is written.
  private var fileBytes: UInt64
  private var latestTime: Int64 = .min

  /// Starts the writing thread; the first file is made with the first frame.
  ///
  /// - Throws: when the directory cannot be used.
  package convenience init(_ plan: RollingPlan, interfaces: [CaptureInterface]) throws(RollingError) {
    try self.init(plan, interfaces: interfaces, disk: .real, retry: .seconds(5))
  }

  init(_ plan: RollingPlan, interfaces: [CaptureInterface], disk: Disk, retry: Duration) throws(RollingError) {
    try RollingError.check(plan.directory)
    let queue = BlockQueue(blocks: max(2, plan.blocks), of: plan.blockBytes, interfaces: interfaces.count)
    let files = RollingFiles(plan, interfaces: interfaces, disk)
    guard let bell = Bell() else { throw .exhausted(plan.directory) }
    let drain = RollingDrain(files, queue, bell, retry: retry)
    guard let thread = WorkerThread({ drain.run() }) else { throw .exhausted(plan.directory) }
    (self.plan, self.queue, self.bell, self.drain, self.thread) = (plan, queue, bell, drain, thread)
    counts = Array(repeating: InterfaceCounts(), count: interfaces.count)
    fileBytes = files.overhead
  }

  deinit { stop() }

  /// How writing stands; any thread may ask.
  package var status: RollingStatus { drain.files.account.status }

  /// Takes the frames of a batch; those that find no block are counted as not written.
  ///
  /// - Complexity: O(bytes); one copy, no allocation.
  package func take(_ batch: borrowing FrameBatch) {
    isQuiet = false
    for index in batch.records.indices {
      let record = batch.records[index]
      let start = Int(record.offset)
      take(record, batch.bytes.extracting(start..<start + Int(record.capturedLength)))
    }
  }

  /// Notes an interface's running totals; they go into the statistics at the end of each file.
  package func note(_ totals: InterfaceCounts, interface: Int) {
    guard counts.indices.contains(interface) else { return }
    let notWritten = counts[interface].notWritten
    counts[interface] = totals
    counts[interface].notWritten = notWritten
  }

  /// Begins a new file with the next frame that may begin one, or at the second `flush` in a row without frames.
  package func rotate() { wantsRotation = true }

  /// Hands over what has gathered; to be called about once a second, so that little is lost with the machine.
  package func flush() {
    if isQuiet, wantsRotation { endFile() }
    isQuiet = true
    // While the disk is behind, blocks are filled to their end: there are only so many.
    if queue.isDrained { seal() }
    if beginsFile { sealMark() }
  }

  /// Waits until all that was taken is on disk, or the disk refuses it; call it once, at the end.
  package func finish() -> RollingSummary {
    stop()
    return drain.files.summary
  }

  private func stop() {
    guard !isFinished else { return }
    isFinished = true
    seal()
    drain.finish()
    thread.join()
  }

  @inline(__always)
  private func take(_ record: FrameRecord, _ frame: RawSpan) {
    guard counts.indices.contains(Int(record.interface)) else {
      drain.files.account.framesNotWritten.add(1, ordering: .relaxed)
      return
    }
    let size = FrameBlock.size(ofFrame: frame.byteCount)
    if isDue(size, record.time) { endFile() }
    guard !isFinished, let block = block(for: size) else {
      counts[Int(record.interface)].notWritten &+= 1
      drain.files.account.framesNotWritten.add(1, ordering: .relaxed)
      return
    }
    block.add(record, frame)
    fileBytes &+= UInt64(size)
    latestTime = max(latestTime, record.time)
  }

  /// Whether the file is full, and this frame may begin the next.
  @inline(__always)
  private func isDue(_ size: Int, _ time: Int64) -> Bool {
    let bytes = fileBytes &+ UInt64(size)
    guard bytes > plan.rotate || wantsRotation, latestTime > .min else { return false }
    return time >= latestTime || bytes / 2 > plan.rotate
  }

  /// The block with room for `size` bytes; nil when there is none.
  @inline(__always)
  private func block(for size: Int) -> FrameBlock? {
    if let filling, filling.hasRoom(for: size) { return filling }
    seal()
    guard size <= plan.blockBytes, let fresh = queue.free else { return nil }
    fresh.reset(beginsFile: beginsFile)
    beginsFile = false
    filling = fresh
    return fresh
  }

  private func seal() {
    guard let filling else { return }
    filling.note(counts)
    self.filling = nil
    queue.seal()
    bell.ring()
  }

  private func endFile() {
    seal()
    beginsFile = true
    wantsRotation = false
    fileBytes = drain.files.overhead
    latestTime = .min
  }

  /// Lets the writing thread end its file although no frame follows: an empty block that begins the next one.
  private func sealMark() {
    guard drain.files.account.files.load(ordering: .relaxed) > 0, let mark = queue.free else { return }
    mark.reset(beginsFile: true)
    beginsFile = false
    filling = mark
    seal()
  }
}
