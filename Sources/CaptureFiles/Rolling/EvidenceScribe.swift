import Frames
import Synchronization

/// What the writing thread of an ``EvidenceKeeper`` does: one file for each wish.
///
/// Shared with the capture thread: history, bell and account; the paths are read when this thread has ended.
final class EvidenceScribe: @unchecked Sendable {
  let account = RollingAccount()
  private(set) var paths: [String] = []
  private let directory: String
  private let header: [UInt8]
  private let history: BlockHistory
  private let bell: Bell
  private let disk: Disk

  init(_ directory: String, header: [UInt8], _ history: BlockHistory, _ bell: Bell, _ disk: Disk) {
    (self.directory, self.header, self.history, self.bell, self.disk) = (directory, header, history, bell, disk)
  }

  /// Lets the thread look for wishes.
  func wake() { bell.ring() }

  /// Writes wishes until the history is over.
  func run() {
    while !history.isOver {
      guard let wish = history.next else {
        bell.wait(milliseconds: -1)
        continue
      }
      write(wish)
      history.finish()
    }
  }

  private func write(_ wish: EvidenceWish) {
    let base = "\(directory)/evidence-\(Self.fileName(wish.name))"
    do throws(SystemFailure) {
      let file = try GrowingCapture.create(disk) { attempt in
        attempt == 0 ? "\(base).pcapng" : "\(base)-\(attempt + 1).pcapng"
      }
      let failure = fill(file, wish)
      if file.length <= header.count {
        file.discard()
      } else {
        account.files.add(1, ordering: .relaxed)
        account.bytes.add(UInt64(file.length), ordering: .relaxed)
        paths.append(file.path)
      }
      if let failure = file.end() ?? failure { throw failure }
      account.note(failure: nil)
    } catch {
      account.note(failure: "The packets around a finding cannot be written to \(base).pcapng (\(error.words)).")
    }
  }

  /// Writes the blocks of a wish until the disk refuses; what it refused is counted.
  private func fill(_ file: GrowingCapture, _ wish: EvidenceWish) -> SystemFailure? {
    var failure = file.append(header).failure
    let start = history.block(wish.first).counts
    for number in wish.first...wish.last {
      let bytes = history.block(number).bytes
      var kept = 0
      if failure == nil { (kept, failure) = file.append(bytes) }
      let written = bytes.packets(from: 0, to: kept).frames
      account.frames.add(written, ordering: .relaxed)
      account.framesNotWritten.add(bytes.packets(from: kept, to: bytes.count).frames, ordering: .relaxed)
    }
    let last = history.block(wish.last)
    return file.append(last.counts.statistics(since: start, at: last.latestTime)).failure ?? failure
  }

  /// A name that is one in every file system: letters, digits, `.`, `_` and `-`, 100 at most.
  private static func fileName(_ name: String) -> String {
    let safe = name.unicodeScalars.prefix(100).map { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": Character(scalar)
      default: Character("-")
      }
    }
    return String(safe)
  }
}
