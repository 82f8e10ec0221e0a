import Frames
import Synchronization

/// What the writing thread does: takes blocks from the queue and has them written, again and again until the end.
///
/// While the disk refuses, blocks stay in the queue, so that a short failure costs nothing as long as there are free
/// ones. Shared with the capture thread: queue, bell, account and the end; the files are touched by this thread only until
/// it has ended.
final class RollingDrain: @unchecked Sendable {
  let files: RollingFiles
  private let queue: BlockQueue
  private let bell: Bell
  private let retry: Duration
  private let isFinishing = Atomic(false)
  /// Why the last try failed, and when to try again.
  private var failure: SystemFailure?
  private var nextTry: ContinuousClock.Instant?
  /// Bytes of the oldest block that are on disk already.
  private var done = 0

  init(_ files: RollingFiles, _ queue: BlockQueue, _ bell: Bell, retry: Duration) {
    (self.files, self.queue, self.bell, self.retry) = (files, queue, bell, retry)
  }

  /// Lets ``run()`` come to its end.
  func finish() {
    isFinishing.store(true, ordering: .releasing)
    bell.ring()
  }

  /// Writes until ``finish()``, then what is left.
  func run() {
    while !isFinishing.load(ordering: .acquiring) {
      if nextTry.map({ $0 <= .now }) ?? true { writeBlocks() }
      bell.wait(milliseconds: patience)
    }
    writeBlocks()
    while let block = queue.next {
      files.lose(block, from: done)
      done = 0
      queue.release()
    }
    if let failure = files.end() ?? failure { files.note(failure, retry: nil) }
  }

  /// Milliseconds to wait for a ring: for ever while all is well.
  private var patience: Int32 {
    guard let nextTry else { return -1 }
    let left = ContinuousClock.now.duration(to: nextTry).components
    return Int32(clamping: max(0, left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000) + 1)
  }

  private func writeBlocks() {
    while let block = queue.next {
      let hadFailed = failure != nil
      failure = write(block)
      if let failure {
        files.note(failure, retry: retry)
        nextTry = .now + retry
        return
      }
      if hadFailed { files.recover() }
      nextTry = nil
      done = 0
      queue.release()
    }
  }

  private func write(_ block: FrameBlock) -> SystemFailure? {
    if block.beginsFile, done == 0, let failure = files.end() { files.note(failure, retry: nil) }
    guard !block.bytes.isEmpty else { return nil }
    let (kept, failure) = files.append(block, from: done)
    done += kept
    return failure
  }
}
