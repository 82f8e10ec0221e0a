import Frames
import Glibc
import Synchronization

/// The series of files in the directory, as the writing thread sees it.
final class RollingFiles {
  let account = RollingAccount()
  /// Bytes of a file without frames.
  let overhead: UInt64
  private let plan: RollingPlan
  private let disk: Disk
  private let header: [UInt8]
  private var current: GrowingCapture?
  /// What this run has made and not deleted, oldest first; nothing else is ever deleted.
  private var paths: [String] = []
  private var number = 0
  /// The newest counts, and those that the statistics of earlier files contain.
  private var counts: [InterfaceCounts]
  private var toldCounts: [InterfaceCounts]
  /// Frames of each interface that were in a block and will never be written.
  private var lost: [UInt64]
  private var latestTime: Int64 = 0

  init(_ plan: RollingPlan, interfaces: [CaptureInterface], _ disk: Disk) {
    (self.plan, self.disk) = (plan, disk)
    header = interfaces.header
    counts = Array(repeating: InterfaceCounts(), count: interfaces.count)
    toldCounts = counts
    lost = counts.map { _ in 0 }
    overhead = UInt64(header.count) + UInt64(interfaces.count) * 80
  }

  var summary: RollingSummary {
    RollingSummary(status: account.status, firstFailure: account.firstFailure, paths: paths)
  }

  /// Writes a block from `start` on, into a new file when there is none.
  ///
  /// - Returns: the bytes that are in the file, and why it is not all; then that file has been ended.
  func append(_ block: FrameBlock, from start: Int) -> (kept: Int, failure: SystemFailure?) {
    if current == nil, let failure = begin(at: block.firstTime) { return (0, failure) }
    guard let current else { return (0, SystemFailure(code: EIO)) }
    let (kept, failure) = current.append(block.bytes, from: start)
    account.bytes.add(UInt64(kept), ordering: .relaxed)
    account.frames.add(block.bytes.packets(from: start, to: start + kept).frames, ordering: .relaxed)
    latestTime = max(latestTime, block.latestTime)
    if kept > 0, paths.last != current.path { announce(current) }
    if failure == nil { take(block.counts) } else if current.length > header.count { _ = end() } else { abandon() }
    return (kept, failure)
  }

  /// Counts the frames of a block that will never be written.
  func lose(_ block: FrameBlock, from start: Int) {
    let frames = block.bytes.packets(from: start, to: block.bytes.count).interfaces
    for (interface, frames) in frames.enumerated() {
      account.framesNotWritten.add(frames, ordering: .relaxed)
      lost[interface] &+= frames
    }
    take(block.counts)
  }

  /// Ends the file with what was dropped since the one before it, if there is a file.
  func end() -> SystemFailure? {
    guard let file = current else { return nil }
    current = nil
    let (kept, failure) = file.append(counts.statistics(since: toldCounts, at: latestTime))
    account.bytes.add(UInt64(kept), ordering: .relaxed)
    // What a full disk did not take is told by the next file.
    if failure == nil { toldCounts = counts }
    return file.end() ?? failure
  }

  /// Tells what is wrong, and when it is tried again; nil: never.
  func note(_ failure: SystemFailure, retry: Duration?) {
    let next = retry.map { "; analysis goes on, and writing is tried again every \($0.components.seconds) s" } ?? ""
    account.note(failure: "Evidence cannot be written to \(plan.directory) (\(failure.words))\(next).")
  }

  /// Tells that all is well again.
  func recover() { account.note(failure: nil) }

  private func take(_ newest: [InterfaceCounts]) {
    for index in counts.indices {
      counts[index] = newest[index]
      counts[index].notWritten &+= lost[index]
    }
  }

  private func begin(at time: Int64) -> SystemFailure? {
    do throws(SystemFailure) {
      let file = try create(at: time)
      current = file
      let failure = file.append(header).failure
      if failure != nil { abandon() }
      return failure
    } catch { return error }
  }

  /// Takes back a file that the disk gave no room for a single frame.
  private func abandon() {
    guard let file = current else { return }
    current = nil
    file.discard()
    number -= 1
  }

  /// Makes the file with the next number that is not there yet.
  private func create(at time: Int64) throws(SystemFailure) -> GrowingCapture {
    let moment = PacketTime.rfc3339(time).prefix(19).filter { $0 != "-" && $0 != ":" }
    var next = number
    let file = try GrowingCapture.create(disk) { _ in
      next += 1
      let digits = String(next)
      let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
      return "\(plan.directory)/\(plan.prefix)-\(padded)-\(moment)Z.pcapng"
    }
    number = next
    return file
  }

  /// Counts a file that has its first frames, and deletes the oldest for it: no failure may empty a directory.
  private func announce(_ file: GrowingCapture) {
    account.files.add(1, ordering: .relaxed)
    account.bytes.add(UInt64(header.count), ordering: .relaxed)
    paths.append(file.path)
    guard let keep = plan.keep else { return }
    while paths.count > max(1, keep) {
      // The path reads as it was made; that somebody else has deleted it already does not matter.
      _ = unsafe unlink(paths.removeFirst())
    }
  }
}
