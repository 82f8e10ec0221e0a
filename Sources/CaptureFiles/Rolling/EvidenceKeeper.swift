import Frames
import Synchronization

/// How much is kept around a finding, and where.
package struct EvidencePlan: Sendable {
  /// Where the files are made.
  package var directory: String
  /// Bytes of frames that are remembered; half as many again wait for the disk.
  package var bytes = 16 << 20
  /// How long to go on after a finding, in packet time and in calls of `flush`.
  package var seconds = 5
  /// How many files at most.
  package var files = 100

  /// A plan with the usual figures.
  package init(directory: String) { self.directory = directory }
}

/// Remembers the latest frames, and saves those around a finding to a file of their own.
///
/// Belongs to the capture thread like ``RollingWriter``: nothing here allocates or waits, save `save` (a name) and
/// `finish`. After `save` the memory of the frames so far is left alone, and the next five seconds, or a quarter of what
/// is remembered, are added; then another thread writes the file. Frames that arrive while all memory waits for the disk
/// are not remembered, and counted.
package final class EvidenceKeeper {
  private let plan: EvidencePlan
  private let history: BlockHistory
  private let thread: WorkerThread
  private let scribe: EvidenceScribe
  private var counts: [InterfaceCounts]
  private var filling: FrameBlock?
  private var pending: [Pending] = []
  private var latestTime: Int64 = .min
  private var isFinished = false

  /// Evidence that waits for the frames after its finding.
  private struct Pending {
    var wish: EvidenceWish
    var until: Int64
    var flushes: Int
    var limit: Int
  }

  /// Starts the writing thread.
  ///
  /// - Throws: when the directory cannot be used.
  package convenience init(_ plan: EvidencePlan, interfaces: [CaptureInterface]) throws(RollingError) {
    try self.init(plan, interfaces: interfaces, disk: .real)
  }

  init(_ plan: EvidencePlan, interfaces: [CaptureInterface], disk: Disk) throws(RollingError) {
    try RollingError.check(plan.directory)
    let history = BlockHistory(bytes: plan.bytes, interfaces: interfaces.count)
    guard let bell = Bell() else { throw .exhausted(plan.directory) }
    let scribe = EvidenceScribe(plan.directory, header: interfaces.header, history, bell, disk)
    guard let thread = WorkerThread({ scribe.run() }) else { throw .exhausted(plan.directory) }
    (self.plan, self.history, self.scribe, self.thread) = (plan, history, scribe, thread)
    counts = Array(repeating: InterfaceCounts(), count: interfaces.count)
    pending.reserveCapacity(plan.files)
  }

  deinit { stop() }

  /// How writing stands; any thread may ask.
  package var status: RollingStatus { scribe.account.status }

  /// Remembers the frames of a batch.
  package func take(_ batch: borrowing FrameBatch) {
    for index in batch.records.indices {
      let record = batch.records[index]
      let start = Int(record.offset)
      take(record, batch.bytes.extracting(start..<start + Int(record.capturedLength)))
    }
  }

  /// Notes an interface's running totals.
  package func note(_ totals: InterfaceCounts, interface: Int) {
    guard counts.indices.contains(interface) else { return }
    let notWritten = counts[interface].notWritten
    counts[interface] = totals
    counts[interface].notWritten = notWritten
  }

  /// Saves what is remembered and what comes next as `evidence-NAME.pcapng`; letters that a file name should not have
  /// become `-`.
  ///
  /// - Returns: false when there is nothing to save, or there are enough files.
  package func save(_ name: String) -> Bool {
    guard !isFinished, let first = history.reserve(files: plan.files) else { return false }
    pending.append(
      Pending(
        wish: EvidenceWish(name: name, first: first, last: first),
        until: latestTime &+ Int64(plan.seconds) * PacketTime.second, flushes: plan.seconds,
        limit: history.begun + BlockHistory.after))
    return true
  }

  /// Lets evidence go to disk although no frame follows; to be called about once a second.
  package func flush() {
    for index in pending.indices { pending[index].flushes -= 1 }
    handOver { $0.flushes <= 0 }
  }

  /// Waits until all evidence is on disk, or the disk refuses it; call it once, at the end.
  package func finish() -> RollingSummary {
    stop()
    return RollingSummary(
      status: status, firstFailure: scribe.account.firstFailure, paths: scribe.paths)
  }

  private func stop() {
    guard !isFinished else { return }
    isFinished = true
    handOver { _ in true }
    history.close()
    scribe.wake()
    thread.join()
  }

  @inline(__always)
  private func take(_ record: FrameRecord, _ frame: RawSpan) {
    if !pending.isEmpty { handOver { $0.until < record.time || $0.limit <= history.begun } }
    latestTime = max(latestTime, record.time)
    let isKnown = counts.indices.contains(Int(record.interface))
    let size = FrameBlock.size(ofFrame: frame.byteCount)
    guard isKnown, !isFinished, let block = block(for: size) else {
      if isKnown { counts[Int(record.interface)].notWritten &+= 1 }
      scribe.account.framesNotWritten.add(1, ordering: .relaxed)
      return
    }
    block.add(record, frame)
  }

  @inline(__always)
  private func block(for size: Int) -> FrameBlock? {
    if let filling, filling.hasRoom(for: size) { return filling }
    seal()
    guard size <= history.blockBytes else { return nil }
    filling = history.begin()
    return filling
  }

  private func seal() {
    filling?.note(counts)
    filling = nil
  }

  /// Gives the writing thread the oldest wishes that `isReady`, in their order.
  private func handOver(_ isReady: (Pending) -> Bool) {
    while let oldest = pending.first, isReady(oldest) {
      seal()
      pending.removeFirst()
      var wish = oldest.wish
      wish.last = history.begun - 1
      history.submit(wish)
      scribe.wake()
    }
  }
}
