import Frames
import Glibc
import Synchronization
import Testing

@testable import Metrics
@testable import Triage

@Suite("Metrics and the report over HTTP")
struct MetricsServerTests {
  private static func snapshot(frames: UInt64 = 42) -> LiveSnapshot {
    var analyzer = CaptureAnalyzer()
    var report = analyzer.report()
    report.capture.frames = frames
    return LiveSnapshot(started: 1, time: Int64(frames), report: report)
  }

  /// A server on a port of its own while `body` runs.
  private func serving(
    _ provider: @escaping @Sendable () -> LiveSnapshot? = { snapshot() }, _ body: (Int) throws -> Void
  ) throws {
    let address = try #require(ListenAddress("0"))
    let server = MetricsServer(address, provider: provider)
    let port = try server.start()
    defer { server.stop() }
    try body(port)
  }

  @Test("each page has its type, its length and its content")
  func pages() throws {
    try serving { port in
      let metrics = fetch(port, "/metrics")
      #expect(metrics.status == 200)
      #expect(metrics.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
      #expect(metrics.body.contains("\ntcptriage_frames_total 42\n"))
      #expect(metrics.header("content-length") == "\(metrics.body.utf8.count)")
      let page = fetch(port, "/")
      #expect(page.status == 200 && page.header("content-type") == "text/html; charset=utf-8")
      #expect(page.body.hasPrefix("<!") && page.body.contains("</html>"))
      let report = fetch(port, "/report.json?x=y")
      #expect(report.status == 200 && report.header("content-type") == "application/json")
      #expect(report.body.hasPrefix("{") && report.body.contains("\"findings\""))
      for answer in [metrics, page, report] {
        #expect(answer.header("cache-control") == "no-store" && answer.header("connection") == "close")
        #expect(answer.header("x-content-type-options") == "nosniff")
      }
    }
  }

  @Test("a page is made when it is asked for, from what is known then")
  func fresh() throws {
    let asked = Mutex<UInt64>(0)
    let provider: @Sendable () -> LiveSnapshot? = {
      asked.withLock { count in
        count += 1
        return count == 1 ? nil : Self.snapshot(frames: count)
      }
    }
    try serving(provider) { port in
      let early = fetch(port, "/metrics")
      #expect(early.status == 503 && early.header("retry-after") == "1")
      #expect(fetch(port, "/metrics").body.contains("tcptriage_frames_total 2\n"))
      #expect(fetch(port, "/nothing").status == 404)
      #expect(fetch(port, "/metrics").body.contains("tcptriage_frames_total 3\n"))
    }
  }

  @Test("a page is made once for each snapshot")
  func once() throws {
    let time = Mutex<Int64>(1)
    let asked = Mutex<UInt64>(0)
    let provider: @Sendable () -> LiveSnapshot? = {
      let frames = asked.withLock { count in
        count += 1
        return count
      }
      var snapshot = Self.snapshot(frames: frames)
      snapshot.time = time.withLock { $0 }
      return snapshot
    }
    try serving(provider) { port in
      for path in ["/", "/report.json", "/metrics"] {
        let first = fetch(port, path)
        #expect(first.status == 200 && fetch(port, path).body == first.body)
        time.withLock { $0 += 1 }
        #expect(fetch(port, path).body != first.body)
      }
    }
  }

  @Test("HEAD tells the length and sends nothing")
  func head() throws {
    try serving { port in
      let whole = fetch(port, "/metrics")
      let head = fetch(port, "/metrics", method: "HEAD")
      #expect(
        head.status == 200 && head.body.isEmpty && head.header("content-length") == whole.header("content-length"))
    }
  }

  @Test(
    "other methods and paths are refused, and nothing of a request comes back",
    arguments: [
      ("POST", "/metrics", 405), ("DELETE", "/", 405), ("GET", "/secret-evil", 404),
      ("GET", "/metrics/secret-evil", 404),
      ("GET", "//metrics", 404), ("GET", "/%6detrics", 404), ("OPTIONS", "*", 405), ("GET", "http://secret-evil/", 404),
      ("GET", "/<script>secret-evil", 404), ("SECRET-EVIL", "/", 405),
    ])
  func refused(_ method: String, _ target: String, _ status: Int) throws {
    try serving { port in
      let answer = fetch(port, target, method: method)
      #expect(answer.status == status || answer.status == 400)
      #expect(!answer.text.lowercased().contains("secret-evil"))
      if answer.status == 405 { #expect(answer.header("allow") == "GET, HEAD") }
    }
  }

  @Test(
    "on loopback a name that somebody's name server could point here is refused",
    arguments: [
      ("localhost", 200), ("localhost:9464", 200), ("127.0.0.1:9464", 200), ("[::1]:9464", 200),
      ("rebound.example", 421), ("rebound.example:9464", 421), ("localhost.rebound.example", 421),
    ])
  func rebinding(_ host: String, _ status: Int) throws {
    try serving { port in
      #expect(fetch(port, "/metrics", host: host).status == status)
    }
  }

  @Test("nonsense, endless headers and silence end the connection, and the server goes on")
  func nonsense() throws {
    try serving { port in
      for text in ["\u{1}\u{2}\u{3}\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET\r\n\r\n"] {
        let connection = try #require(RawConnection(port: port))
        connection.write(text)
        #expect([0, 400, 505].contains(connection.readAll().status))
      }
      let endless = try #require(RawConnection(port: port))
      endless.write("GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 200_000))")
      #expect([0, 400, 431].contains(endless.readAll().status))
      let many = try #require(RawConnection(port: port))
      many.write("GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 1_000))
      #expect([0, 400, 431].contains(many.readAll().status))
      let silent = try #require(RawConnection(port: port))
      #expect(silent.readAll().text.isEmpty)
      #expect(fetch(port, "/metrics").status == 200)
    }
  }

  @Test("connections beyond the limit are closed at once, and others are served when there is room again")
  func crowd() throws {
    try serving { port in
      var held = (0..<MetricsServer.connections).compactMap { _ in RawConnection(port: port) }
      #expect(held.count == MetricsServer.connections)
      // The server takes connections in their order, so those before are counted by now.
      #expect(fetch(port, "/metrics").text.isEmpty)
      held.removeAll()
      var answer = fetch(port, "/metrics")
      for _ in 0..<100 where answer.status != 200 {
        usleep(10_000)
        answer = fetch(port, "/metrics")
      }
      #expect(answer.status == 200)
    }
  }

  @Test("many ask at the same time")
  func parallel() async throws {
    let server = MetricsServer(try #require(ListenAddress("0"))) { Self.snapshot() }
    let port = try server.start()
    let good = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<16 { group.addTask { (0..<20).count { _ in fetch(port, "/metrics").status == 200 } } }
      return await group.reduce(0, +)
    }
    #expect(good == 320)
    server.stop()
    #expect(RawConnection(port: port) == nil)
  }

  @Test("a port that is taken, and an address of somebody else, are told in one sentence")
  func failures() throws {
    try serving { port in
      let again = MetricsServer(try #require(ListenAddress("\(port)"))) { nil }
      let error = #expect(throws: MetricsServerError.self) { try again.start() }
      #expect(error?.sentence.contains("127.0.0.1:\(port): another program listens there") == true)
    }
    let foreign = MetricsServer(try #require(ListenAddress("192.0.2.1:0"))) { nil }
    let error = #expect(throws: MetricsServerError.self) { try foreign.start() }
    #expect(error?.sentence.contains("no interface of this host has that address") == true)
  }

  @Test(
    "addresses as they are typed",
    arguments: [
      ("9464", "127.0.0.1", 9_464), ("0.0.0.0:1", "0.0.0.0", 1), ("[::1]:65535", "::1", 65_535),
      ("localhost:80", "127.0.0.1", 80), ("[::]:0", "::", 0),
    ])
  func addresses(_ text: String, _ host: String, _ port: Int) throws {
    let address = try #require(ListenAddress(text))
    #expect(address.host == host && address.port == port)
  }

  @Test(
    "what is no address is refused",
    arguments: [
      "", ":", "x", ":80", "65536", "1.2.3:80", "::1:80", "[1.2.3.4]:80", "example.com:80", "-1", "1.2.3.4:", "+80",
      "1.2.3.4:8o", "[::1]", "999999999999999999999",
    ])
  func noAddress(_ text: String) { #expect(ListenAddress(text) == nil) }
}
