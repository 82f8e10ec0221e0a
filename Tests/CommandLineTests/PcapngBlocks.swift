import Foundation

/// The blocks of a little-endian pcapng file, read without the program's own reader.
struct PcapngBlocks {
  struct Block {
    var type: Int
    var body: [UInt8]
  }

  struct Frame: Equatable {
    var ticks: UInt64
    var interface: Int
    var original: Int
    var bytes: [UInt8]
    var comments: [String]
  }

  var blocks: [Block] = []

  init(_ file: URL) throws {
    let bytes = [UInt8](try Data(contentsOf: file))
    var at = 0
    while at + 12 <= bytes.count {
      let length = Self.word(bytes, at + 4)
      blocks.append(Block(type: Self.word(bytes, at), body: Array(bytes[at + 8..<at + length - 4])))
      at += length
    }
  }

  /// The comment on the first section.
  var comment: String? { blocks.first.map { Self.comments($0.body, from: 16) }?.first }

  var frames: [Frame] {
    blocks.filter { $0.type == 6 }.map { block in
      let body = block.body
      let kept = Self.word(body, 12)
      let ticks = UInt64(Self.word(body, 4)) << 32 | UInt64(Self.word(body, 8))
      return Frame(
        ticks: ticks, interface: Self.word(body, 0), original: Self.word(body, 16), bytes: Array(body[20..<20 + kept]),
        comments: Self.comments(body, from: 20 + (kept + 3) / 4 * 4))
    }
  }

  private static func comments(_ body: [UInt8], from start: Int) -> [String] {
    var (at, comments) = (start, [String]())
    while at + 4 <= body.count {
      let (code, length) = (Int(body[at]) | Int(body[at + 1]) << 8, Int(body[at + 2]) | Int(body[at + 3]) << 8)
      if code == 0 { break }
      if code == 1 { comments.append(String(decoding: body[at + 4..<at + 4 + length], as: UTF8.self)) }
      at += 4 + (length + 3) / 4 * 4
    }
    return comments
  }

  private static func word(_ bytes: [UInt8], _ at: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
  }
}
