import CaptureFiles
import Foundation
import Frames
import FuzzInputs
import Testing
import Triage

/// A capture that ends anywhere is a smaller capture.
@Suite struct CutTests {
  private static let reach = 4096
  /// Captures that are cut at every byte; the others, all of much the same bytes, at every seventh.
  private static let thorough = 100

  @Test(arguments: Archived.captures.indices)
  func everyPrefixIsAnalyzedAndHasNoMoreFramesThanALongerOne(index: Int) throws {
    let bytes = try Archived.bytes(Archived.captures[index]).prefix(Self.reach)
    let file = try #require(MemoryFile())
    try #require(file.hold(Array(bytes)))
    var most = UInt64.max
    for length in stride(from: bytes.count, through: 0, by: index < Self.thorough ? -1 : -7) {
      try #require(file.cut(to: length))
      let frames = analyze(file.path)
      guard frames <= most else {
        Issue.record("\(Archived.captures[index]): \(frames) frames in \(length) bytes, \(most) in more of them")
        return
      }
      most = frames
    }
  }

  /// Frames of a prefix; 0 when it is too short to be a capture.
  private func analyze(_ path: String) -> UInt64 {
    (try? Archived.report(path).capture.frames) ?? 0
  }
}
