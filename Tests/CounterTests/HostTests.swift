import Testing
import Triage

@testable import LiveCapture

@Suite("This host's counters")
struct HostTests {
  @Test("The host that runs the tests has counters, and a record of them reads back")
  func counters() throws {
    let snapshot = KernelCounters.read()
    #expect(snapshot["TcpInSegs"] != nil && snapshot["TcpExtTCPTimeouts"] != nil && snapshot.counters.count > 100)
    let record = KernelCounters.record(at: 1_500_000_000_123_456_789)
    let read = try CounterSnapshot(parsing: record, from: "record")
    #expect(read.time == 1_500_000_000_123_456_789 && read.kernel == KernelSettings.read().kernel)
    #expect(read.counters.map(\.name) == snapshot.counters.map(\.name))
    let settings = KernelSettings(parsing: record)
    #expect(settings.isComplete && settings.lines == KernelSettings.read().lines)
  }

  @Test("Settings are those of sysctl, and loopback has a queue")
  func settings() {
    let settings = KernelSettings.read()
    #expect(Int(settings["net.ipv4.tcp_timestamps"] ?? "") != nil && settings.kernel?.contains(".") == true)
    #expect(settings["net.ipv4.tcp_rmem"]?.split(separator: " ").count == 3)
    #expect(settings["net.ipv4.none"] == nil)
  }

  @Test("Answers about queues that are cut or made up are passed over")
  func queues() {
    var queues: [QueueList.Queue] = []
    #expect(QueueList.take([], &queues))
    for length in 0..<80 {
      for first: UInt8 in [0, 15, 16, 36, 40, 80, 255] {
        var bytes = [UInt8](repeating: 0xFF, count: length)
        let head: [UInt8] = [first, 0, 0, 0, 36, 0]
        for (index, byte) in head.enumerated() where index < length { bytes[index] = byte }
        _ = QueueList.take(bytes[...], &queues)
      }
    }
    #expect(queues.isEmpty)
    // Length 44, RTM_NEWQDISC, interface 1 (lo), parent root, TCA_KIND "fq".
    var message = [UInt8](repeating: 0, count: 44)
    (message[0], message[4], message[20]) = (44, 36, 1)
    for index in 28..<32 { message[index] = 0xFF }
    (message[36], message[38], message[40], message[41]) = (7, 1, 0x66, 0x71)
    #expect(QueueList.take(message[...], &queues) && QueueList.byInterface(queues) == [1: "fq"])
  }

  @Test("A card with many queues sends by what the queues have")
  func multiqueue() {
    func kind(_ handle: UInt32, _ below: [String]) -> String? {
      let queues =
        [QueueList.Queue(interface: 2, handle: handle, parent: .max, kind: "mq")]
        + below.enumerated().map { index, kind in
          QueueList.Queue(interface: 2, handle: 0, parent: handle + UInt32(index) + 1, kind: kind)
        } + [
          // Another card's, and what looks at frames that come in.
          QueueList.Queue(interface: 3, handle: 0, parent: handle + 1, kind: "tbf"),
          QueueList.Queue(interface: 2, handle: 0xFFFF_0000, parent: 0xFFFF_FFF1, kind: "clsact"),
        ]
      return QueueList.byInterface(queues)[2]
    }
    for handle: UInt32 in [0, 0x8001_0000] {
      #expect(kind(handle, ["fq", "fq"]) == "fq" && kind(handle, ["fq", "pfifo_fast"]) == "pfifo_fast")
      #expect(kind(handle, []) == nil)
    }
  }
}
