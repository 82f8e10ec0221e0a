import Synchronization

/// Evidence to be written: its name, and the numbers of its first and last block.
struct EvidenceWish: Sendable {
  var name: String
  var first: Int
  var last: Int
}

/// The latest blocks of frames, of which the writing thread reads some while the capture thread fills others.
///
/// Blocks are numbered from the start of the capture. Those from the first block of the oldest wish that is not done
/// belong to the writing thread as soon as the wish is submitted; the capture thread fills none of them again before the
/// wish is done, nor writes to a block that it has submitted. That is why the blocks may be shared.
final class BlockHistory: @unchecked Sendable {
  /// Blocks that are remembered, that may follow a finding, and that are filled while others are being written.
  private static let window = 16
  static let after = 4
  private static let spare = 4

  let blockBytes: Int
  /// How many blocks were begun.
  private(set) var begun = 0
  private let blocks: [FrameBlock]
  /// First block of each wish, in their order; the capture thread's own.
  private var firsts: [Int] = []
  private let done = Atomic(0)
  private let submitted = Mutex<(wishes: [EvidenceWish], isClosed: Bool)>(([], false))

  init(bytes: Int, interfaces: Int) {
    // A block holds at least one frame of any length that capture programs keep.
    let size = max(bytes / Self.window, 1 << 19)
    blockBytes = size
    blocks = (0..<Self.window + Self.after + Self.spare).map { _ in
      FrameBlock(capacity: size, interfaces: interfaces)
    }
  }

  /// An empty block for the next frames; nil while all wait for the disk.
  func begin() -> FrameBlock? {
    let finished = done.load(ordering: .acquiring)
    if finished < firsts.count, begun - blocks.count >= firsts[finished] { return nil }
    let block = blocks[begun % blocks.count]
    block.reset(beginsFile: false)
    begun += 1
    return block
  }

  /// Keeps all blocks that are remembered from being filled again, until a wish that begins with the result is done.
  ///
  /// - Returns: nil when there is no block, or there were `files` wishes before.
  func reserve(files: Int) -> Int? {
    guard begun > 0, firsts.count < files else { return nil }
    let first = max(0, begun - Self.window)
    firsts.append(first)
    return first
  }

  /// Gives a wish to the writing thread; wishes come in the order in which they were reserved.
  func submit(_ wish: EvidenceWish) { submitted.withLock { $0.wishes.append(wish) } }

  /// No further wish will come.
  func close() { submitted.withLock { $0.isClosed = true } }

  /// The oldest wish that is not done; nil when there is none now.
  var next: EvidenceWish? { submitted.withLock { $0.wishes.first } }

  /// Whether all wishes are done and none will come.
  var isOver: Bool { submitted.withLock { $0.isClosed && $0.wishes.isEmpty } }

  /// The block with this number, which belongs to the oldest wish.
  func block(_ number: Int) -> FrameBlock { blocks[number % blocks.count] }

  /// Gives the blocks of the oldest wish back.
  func finish() {
    submitted.withLock { _ = $0.wishes.removeFirst() }
    done.add(1, ordering: .releasing)
  }
}
