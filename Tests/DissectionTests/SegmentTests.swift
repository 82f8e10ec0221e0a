import Dissection
import Testing

/// The plain value that everything behind dissection works on.
struct SegmentTests {
  @Test("A segment fits two cache lines")
  func size() {
    #expect(MemoryLayout<Segment>.size <= 128)
    #expect(MemoryLayout<Segment>.stride <= 128)
  }

  @Test("A bare ACK has ACK, none of SYN, FIN and RST, and no payload")
  func bareACK() {
    for raw in 0..<512 as Range<UInt16> {
      for length in [0, 1] as [UInt32] {
        var segment = Segment()
        segment.flags = TCPFlags(rawValue: raw)
        segment.payloadLength = length
        let flags = segment.flags
        let expected =
          flags.contains(.ack) && !flags.contains(.syn) && !flags.contains(.fin) && !flags.contains(.rst)
          && length == 0
        #expect(segment.isBareACK == expected, "flags \(raw), length \(length)")
      }
    }
  }

  @Test("SYN and FIN take one sequence number each, no other flag does")
  func sequenceLength() {
    for raw in 0..<512 as Range<UInt16> {
      var segment = Segment()
      segment.flags = TCPFlags(rawValue: raw)
      segment.payloadLength = 10
      segment.sequence = SequenceNumber(0xFFFF_FFFF)
      let control = UInt32((segment.flags.contains(.syn) ? 1 : 0) + (segment.flags.contains(.fin) ? 1 : 0))
      #expect(segment.sequenceLength == 10 + control, "flags \(raw)")
      #expect(segment.end.rawValue == 9 + control, "flags \(raw)")
    }
  }

  @Test("Each flag is its own bit of the nine")
  func flagBits() {
    let all: [TCPFlags] = [.fin, .syn, .rst, .psh, .ack, .urg, .ece, .cwr, .ae]
    #expect(all.map(\.rawValue) == (0..<9).map { 1 << $0 })
  }

  @Test(
    "Flags are written in tcpdump's letters",
    arguments: [
      (TCPFlags([.syn]), "S"), ([.syn, .ack], "S."), ([.psh, .ack], "P."), ([.fin, .ack], "F."), ([.rst], "R"),
      ([.rst, .ack], "R."), ([.ack], "."), ([], "none"), ([.syn, .ece, .cwr], "SEW"),
      ([.fin, .psh, .urg, .ack], "FPU."),
    ] as [(TCPFlags, String)])
  func letters(flags: TCPFlags, text: String) {
    #expect(flags.letters == text)
  }

  @Test("No two options share a bit")
  func optionBits() {
    let all: [TCPOptions] = [
      .timestamps, .mss, .windowScale, .sackPermitted, .sack, .fastOpen, .multipath, .smc, .accurateECN, .unknown,
      .malformed, .cut, .blanked, .experiment, .authentication, .firstFragment,
    ]
    #expect(all.reduce(TCPOptions()) { $0.union($1) }.rawValue == .max)
    #expect(all.allSatisfy { $0.rawValue.nonzeroBitCount == 1 })
  }

  @Test("Every reason has words and a key of its own")
  func reasons() {
    #expect(Set(NotAnalyzed.allCases.map(\.words)).count == NotAnalyzed.allCases.count)
    #expect(Set(NotAnalyzed.allCases.map(\.key)).count == NotAnalyzed.allCases.count)
    #expect(NotAnalyzed.allCases.map(\.rawValue) == Array(0..<NotAnalyzed.allCases.count))
  }
}

/// Serial arithmetic on the circle of 2^32 numbers.
struct SequenceNumberTests {
  static let starts: [UInt32] = [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF]
  static let steps: [UInt32] = [1, 2, 1448, 65_535, 0x3FFF_FFFF, 0x7FFF_FFFF]

  @Test("A number comes before those up to 2^31 further on, across the wrap too", arguments: starts, steps)
  func order(start: UInt32, step: UInt32) {
    let a = SequenceNumber(start)
    let b = a + step
    #expect(a < b && a <= b && b > a && b >= a && a != b)
    #expect(!(b < a) && !(b <= a) && !(a > b) && !(a >= b))
    #expect(b - a == Int(step) && a - b == -Int(step))
    #expect(b - step == a)
  }

  @Test("A number is neither before nor after itself", arguments: starts)
  func equal(start: UInt32) {
    let a = SequenceNumber(start)
    #expect(a <= a && a >= a && !(a < a) && !(a > a) && a - a == 0)
  }
}
