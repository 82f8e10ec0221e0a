import Dissection
import Frames
import Testing

@testable import Tracking

/// One connection between 192.168.1.10 and 192.168.1.20 that is fed to an SMC machine segment by segment.
struct Conversation {
  var machine = SMCHandshake()
  /// Nanoseconds.
  var time: Int64 = 0
  var clientNext = SequenceNumber(0xFFFF_FFF0)
  var serverNext = SequenceNumber(5000)
  private let clientStart = SequenceNumber(0xFFFF_FFF1)
  private let serverStart = SequenceNumber(5001)
  private var frame: UInt64 = 0

  private mutating func segment(_ fromClient: Bool, _ flags: TCPFlags, _ options: TCPOptions = []) -> Segment {
    frame += 1
    time += PacketTime.millisecond
    var segment = Segment()
    (segment.frame, segment.time, segment.flags, segment.options) = (frame, time, flags, options)
    let (client, server) = (IPAddress(v4: 0xC0A8_010A), IPAddress(v4: 0xC0A8_0114))
    (segment.source, segment.destination) = fromClient ? (client, server) : (server, client)
    segment.sequence = fromClient ? clientNext : serverNext
    segment.acknowledgment = fromClient ? serverNext : clientNext
    return segment
  }

  mutating func open(offer: TCPOptions = .smc, answer: TCPOptions = .smc) {
    syn(offer)
    clientNext = clientNext + 1
    machine.synAck(segment(false, [.syn, .ack], answer), optionBytes: [UInt8]().span.bytes)
    serverNext = serverNext + 1
  }

  mutating func syn(_ options: TCPOptions) {
    machine.syn(segment(true, .syn, options), optionBytes: [UInt8]().span.bytes)
  }

  mutating func synAckAgain() {
    let now = serverNext
    serverNext = serverStart - 1
    machine.synAck(segment(false, [.syn, .ack], .smc), optionBytes: [UInt8]().span.bytes)
    serverNext = now
  }

  /// Sends bytes; the capture keeps the first `kept` of them, or misses the segment.
  mutating func send(_ fromClient: Bool, _ bytes: [UInt8], kept: Int = .max, missed: Bool = false) {
    var segment = segment(fromClient, [.ack, .psh])
    segment.payloadLength = UInt32(bytes.count)
    let offset = segment.sequence - (fromClient ? clientStart : serverStart)
    if fromClient { clientNext = segment.end } else { serverNext = segment.end }
    guard !missed else { return }
    let captured = Array(bytes.prefix(kept))
    machine.payload(segment, fromClient: fromClient, streamOffset: Int64(offset), bytes: captured.span.bytes)
  }

  mutating func close(_ fromClient: Bool, reset: Bool = false, after seconds: Double = 0) {
    time += Int64(seconds * 1e9)
    let segment = segment(fromClient, reset ? [.rst, .ack] : [.fin, .ack])
    machine.closed(by: fromClient, reset: reset, segment: segment)
  }

  var verdict: SMCVerdict { machine.account.verdict }
}

@Suite("the SMC machine")
struct SMCHandshakeTests {
  private let text = Array("GET / HTTP/1.1\r\n\r\n".utf8)

  @Test("established only while nothing follows the Confirm")
  func established() {
    var run = Conversation()
    run.open()
    run.send(true, Vectors.message("C01"))
    run.send(false, Vectors.message("C06"))
    #expect(!run.machine.isEstablished)
    run.send(true, Vectors.message("C07"))
    #expect(run.machine.isEstablished && run.verdict == .establishedR && !run.machine.isDone)
    run.send(true, text)
    #expect(!run.machine.isEstablished && run.verdict == .unknownTruncated && run.machine.isDone)
  }

  @Test("messages may come in pieces of one byte")
  func bytewise() {
    var run = Conversation()
    run.open()
    for byte in Vectors.message("C04") { run.send(true, [byte]) }
    for byte in Vectors.message("C11") { run.send(false, [byte]) }
    #expect(run.machine.account.messages.map(\.message.kind) == [.proposal, .accept])
    #expect(run.verdict == .negotiated)
  }

  @Test(
    "a Decline after the Confirm is the RDMA path's fault, by its code only",
    arguments: [
      (code: 0x0201_0000, isPath: true), (code: 0x0202_0000, isPath: true), (code: 0x0999_0002, isPath: false),
    ])
  func late(code: UInt32, isPath: Bool) {
    var run = Conversation()
    run.open()
    run.send(true, Vectors.message("C01"))
    run.send(false, Vectors.message("C06"))
    run.send(true, Vectors.message("C07"))
    var decline = Vectors.message("C12")
    for index in 0..<4 { decline[16 + index] = UInt8(truncatingIfNeeded: code >> UInt32(24 - 8 * index)) }
    run.send(false, decline + text)
    #expect(run.verdict == (isPath ? .rdmaPathBroken(code) : .serverDeclined(code)))
  }

  @Test("silence is judged by its length and by who ended it")
  func silence() {
    func after(_ seconds: Double, fromClient: Bool, reset: Bool) -> SMCVerdict {
      var run = Conversation()
      run.open()
      run.send(true, Vectors.message("C01"))
      run.close(fromClient, reset: reset, after: seconds)
      return run.verdict
    }
    #expect(after(6, fromClient: true, reset: true) == .clcTimeout)
    #expect(after(6, fromClient: false, reset: false) == .clcTimeout)
    #expect(after(1, fromClient: true, reset: true) == .negotiated)
    #expect(after(0.01, fromClient: false, reset: true) == .optionReplayed)
  }

  @Test("a missing Proposal and a full accept queue are told from a plain timeout")
  func otherSilences() {
    var missing = Conversation()
    missing.open()
    missing.close(false, after: 6)
    #expect(missing.verdict == .proposalMissing)
    var queue = Conversation()
    queue.open()
    queue.send(true, Vectors.message("C01"))
    queue.time += PacketTime.second
    queue.synAckAgain()
    queue.clientNext = queue.clientNext - 52
    queue.send(true, Vectors.message("C01"))
    queue.close(true, reset: true, after: 6)
    #expect(queue.verdict == .acceptQueueFull)
  }

  @Test("bytes that the capture missed make every conclusion from absence void")
  func gaps() {
    var run = Conversation()
    run.open()
    run.send(true, Vectors.message("C01"))
    run.send(false, Vectors.message("C06"), missed: true)
    run.close(true, reset: true, after: 6)
    #expect(run.verdict == .unknownTruncated)
    var first = Conversation()
    first.open()
    first.send(true, Vectors.message("C12"), missed: true)
    first.send(false, text)
    #expect(first.verdict == .unknownTruncated)
    var head = Conversation()
    head.open()
    head.send(true, Array(Vectors.message("C01").prefix(4)), missed: true)
    head.send(true, Array(Vectors.message("C01").dropFirst(4)))
    #expect(head.verdict == .unknownTruncated)
  }

  @Test("what the snap length cut is followed by length but never judged", arguments: [8, 16, 20, 30, 52])
  func cut(kept: Int) {
    var run = Conversation()
    run.open()
    run.send(true, Vectors.message("C17"), kept: kept)
    run.send(false, Vectors.message("C13"), kept: kept)
    #expect(run.verdict == (kept >= 20 ? .serverDeclined(0x0307_0000) : .unknownTruncated))
  }

  @Test("plain data from the client right after both options is CLC skipped")
  func skipped() {
    var run = Conversation()
    run.open()
    run.send(true, text)
    #expect(run.verdict == .clcSkipped && run.machine.isDone)
  }

  @Test("an Accept must choose what was proposed")
  func violations() {
    var run = Conversation()
    run.open()
    run.send(true, Vectors.message("C23"))
    run.send(false, Vectors.message("C11"))
    #expect(run.machine.account.violation == .mode(isD: true, version: 2))
    var identifier = Conversation()
    identifier.open()
    identifier.send(true, Vectors.message("C03"))
    var accept = Vectors.message("C08")
    accept[64] = 0x58
    identifier.send(false, accept)
    #expect(identifier.verdict == .modeViolation)
  }

  @Test("options decide when there is no handshake")
  func options() {
    func verdict(_ offer: TCPOptions, _ answer: TCPOptions) -> SMCVerdict {
      var run = Conversation()
      run.open(offer: offer, answer: answer)
      return run.verdict
    }
    #expect(verdict(.smc, []) == .notAnswered)
    #expect(verdict(.smc, .blanked) == .optionStripped)
    #expect(verdict([], .smc) == .answeredNotOffered)
    #expect(verdict([], []) == .neverOffered)
    #expect(verdict(.cut, .smc) == .unknownTruncated)
    #expect(verdict(.smc, .cut) == .unknownTruncated)
    #expect(verdict(.smc, .smc) == .negotiated)
  }
}
