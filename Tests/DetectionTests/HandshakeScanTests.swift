import Dissection
import TestSupport
import Testing
import Tracking
import Triage

@testable import Detection

/// Scans, and that no number of ports costs more than its share of time and memory.
struct HandshakeScanTests {
  /// Clients of 10.1.0.1 and following try `ports` ports of B; refused, or silent and tried again after 1,000 s.
  private static func scan(_ ports: Int, clients: Int = 1, refused: Bool) -> String {
    var story = "host C[\(clients + 1)] 10.1.0.1\nconn tick A:50000 B:9\nhandshake tick\n"
    for client in 0..<clients { story += "conn s\(client)[\(ports)] C[\(client)]:40000+i B:1000+i\n" }
    for time in refused ? [1000] : [1000, 1_001_000] {
      for client in 0..<clients {
        let answer = refused ? "+1ms  s\(client)[i] B R. 0 ack 1001 nots id=0" : ""
        story += "\(time + 200_000 * client)ms  repeat \(ports) every 150ms {\n+0 s\(client)[i] C S\n\(answer)\n}\n"
      }
    }
    return story + "5000s  tick A P. next:+9\n+10ms tick B ."
  }

  @Test("19 ports are 19 matters, 20 are one scan", arguments: [true, false])
  func threshold(refused: Bool) throws {
    let rule = refused ? "connection-refused" : "syn-unanswered"
    #expect(try Analyzed.rules(Self.scan(19, refused: refused)) == [String](repeating: rule, count: 19))
    let found = try Analyzed.report(Self.scan(20, refused: refused)).findings
    #expect(found.map(\.rule.id) == [rule])
    #expect(found.map(\.cause) == ["scan"])
    #expect(found.map(\.severity) == [.info])
    #expect(found.first?.hosts == ["10.1.0.1"])
  }

  @Test("Clients that scan the same ports are each told once", arguments: [true, false])
  func decoys(refused: Bool) throws {
    let found = try Analyzed.report(Self.scan(25, clients: 3, refused: refused)).findings
    #expect(found.map(\.cause) == ["scan", "scan", "scan"])
    #expect(Set(found.flatMap(\.hosts)) == ["10.1.0.1", "10.1.0.2", "10.1.0.3"])
  }

  @Test("A port that another client misses, too, is a matter of its own")
  func mixed() throws {
    let other = "conn other A:41000 B:1003\n"
    let story = other + Self.scan(25, refused: true) + "\n+1s other A S\n+1ms other B R. 0 ack 1001 nots id=0\n"
    let found = try Analyzed.report(story).findings
    #expect(found.map(\.cause).sorted() == ["closed-port", "scan"])
  }

  /// The detector behind tracking, without anything around it.
  private struct Feed: ~Copyable {
    var tracker: Tracker
    var detector = ListenerDetector(DetectionSettings())
    private var frame: UInt64 = 0

    init() {
      var settings = TrackingSettings()
      settings.observeEverything = true
      tracker = Tracker(settings)
    }

    mutating func send(port number: Int, _ flags: TCPFlags, reply: Bool = false, time: Int64) {
      frame += 1
      var segment = Segment.made(0, frame: frame, time: time, flags: flags, reply: reply)
      let server = IPAddress(v4: 0xC0A8_0001 + UInt32(number / 50_000))
      let port = UInt16(1000 + number % 50_000)
      if reply {
        (segment.source, segment.sourcePort) = (server, port)
        segment.acknowledgment = segment.acknowledgment + 1
      } else {
        (segment.destination, segment.destinationPort) = (server, port)
      }
      let bytes: [UInt8] = []
      tracker.track([segment], bytes.span.bytes)
      guard tracker.observations.count + tracker.ended.count > 1000 else { return }
      deliver()
    }

    mutating func deliver() {
      detector.observe(tracker.observations)
      detector.connectionsEnded(tracker.ended)
      tracker.clear()
    }

    mutating func finish() -> [Finding] {
      deliver()
      while tracker.finish() { deliver() }
      deliver()
      var facts = CaptureFacts()
      facts.lastTime = .max
      detector.captureSurveyed(facts)
      return detector.findings()
    }
  }

  @Test("100,000 ports of one client are one finding, and leave room for others", arguments: [true, false])
  func bounded(refused: Bool) {
    var feed = Feed()
    let ports = 100_000
    for number in 0..<ports {
      feed.send(port: number, .syn, time: Int64(number) * 10_000)
      if refused { feed.send(port: number, [.rst, .ack], reply: true, time: Int64(number) * 10_000 + 5000) }
    }
    if !refused {
      for number in 0..<ports { feed.send(port: number, .syn, time: 3_000_000_000 + Int64(number) * 10_000) }
    }
    let started = ContinuousClock.now
    let found = feed.finish()
    #expect(found.map(\.cause) == ["scan"])
    #expect(found.first?.summary.contains("at least 256 ports") == true)
    let (tracks, attempts) = (feed.detector.tracks.keys.count, feed.detector.attempts.keys.count)
    let named = feed.detector.mayName.count
    #expect(tracks == ListenerDetector.mostOfClient && attempts <= tracks)
    #expect(named <= attempts + tracks * ListenerTrack.mostNamed)
    #expect(ContinuousClock.now - started < .seconds(60))
  }
}
