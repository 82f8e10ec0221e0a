import Foundation
import FuzzInputs
import Testing

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
    var most = Int.max
    for length in stride(from: bytes.count, through: 0, by: index < Self.thorough ? -1 : -7) {
      try #require(file.cut(to: length))
      let frames = ReadersInput.read([file.path]).frames
      guard frames <= most else {
        Issue.record("\(Archived.captures[index]): \(frames) frames in \(length) bytes, \(most) in more of them")
        return
      }
      // Between two frames the engine sees the same bytes again.
      if frames < most, frames > 0 { #expect(try Archived.report(file.path).capture.frames == UInt64(frames)) }
      most = frames
    }
  }
}
