import Frames

/// What is learned about the input while it is read; shared by the reader and its open files.
final class CaptureLedger {
  private(set) var description = CaptureDescription()
  /// Bytes taken from all inputs so far.
  private(set) var bytesRead: UInt64 = 0

  /// Files that take turns frame by frame make many runs; of what goes beyond, the file is not told.
  private static let maximumRuns = 1 << 18

  /// Frame records number interfaces with 16 bits.
  private static let maximumInterfaces = 1 << 16

  /// Adds an interface and returns its index; those beyond 65,536 all share the last.
  func add(_ interface: CaptureInterface) -> UInt16 {
    if description.interfaces.count < CaptureLedger.maximumInterfaces { description.interfaces.append(interface) }
    return UInt16(clamping: description.interfaces.count - 1)
  }

  /// The first interface like this one among the first `count`, for which `isFree` says that it may be taken again.
  func known(_ interface: CaptureInterface, first count: Int, _ isFree: (UInt16) -> Bool) -> UInt16? {
    description.interfaces.prefix(count).indices.first { index in
      let other = description.interfaces[index]
      return other.name == interface.name && other.linkType == interface.linkType
        && other.snapLength == interface.snapLength && other.timeDigits == interface.timeDigits
        && isFree(UInt16(clamping: index))
    }.map { UInt16(clamping: $0) }
  }

  /// Statistics are running totals of a file, so `drops` takes the place of what its last block said.
  func setDrops(_ drops: UInt64, insteadOf before: UInt64, interface: UInt16) {
    let all = description.interfaces[Int(interface)].reportedDrops ?? 0
    let (sum, overflow) = (all - min(all, before)).addingReportingOverflow(drops)
    description.interfaces[Int(interface)].reportedDrops = overflow ? .max : sum
  }

  /// Adds a file and returns its index.
  func add(_ file: CaptureFile) -> Int {
    description.files.append(file)
    return description.files.count - 1
  }

  /// Counts frames that came from a file, the first of which has `number`.
  func count(frames: Int, from number: UInt64, file: Int) {
    if description.files[file].firstFrame == 0 { description.files[file].firstFrame = number }
    noteRun(frames: UInt64(frames), from: number, file: file)
    description.files[file].frames &+= UInt64(frames)
  }

  private func noteRun(frames: UInt64, from number: UInt64, file: Int) {
    guard frames > 0 else { return }
    if let last = description.runs.last, last.file == file, last.firstFrame &+ last.frames == number {
      description.runs[description.runs.count - 1].frames &+= frames
    } else if description.runs.count < CaptureLedger.maximumRuns {
      let before = description.files[file].frames
      description.runs.append(
        FrameRun(firstFrame: number, firstInFile: before &+ 1, frames: frames, file: file))
    }
  }

  /// Notes how many bytes of a file have been read.
  func setBytes(_ bytes: UInt64, file: Int) {
    bytesRead &+= bytes &- description.files[file].bytes
    description.files[file].bytes = bytes
  }

  /// Frames that came from a file so far.
  func frames(file: Int) -> UInt64 { description.files[file].frames }

  /// Notes what kept something from being read.
  func note(_ problem: CaptureProblem) { description.problems.append(problem) }

  /// Notes an input of which nothing can be read.
  func note(_ error: CaptureFileError) {
    note(CaptureProblem(kind: .unreadable, file: error.file, offset: 0, sentence: error.sentence))
  }
}
