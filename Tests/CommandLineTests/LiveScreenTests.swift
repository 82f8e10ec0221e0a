import Foundation
import Testing

@testable import Rendering
@testable import Triage
@testable import tcptriage

@Suite("The screen of live mode on a terminal", .serialized)
struct LiveScreenTests {
  private static func snapshot(_ second: Int) -> LiveSnapshot {
    var analyzer = CaptureAnalyzer()
    var snapshot = LiveSnapshot(started: 0, time: Int64(second) * 1_000_000_000, report: analyzer.report())
    snapshot.interfaces = [LiveInterface(name: "eth\(second % 3)")]
    snapshot.openConnections = second * 7
    snapshot.remarks = ["Second \(second)."]
    return snapshot
  }

  private static func page(_ snapshot: LiveSnapshot, _ columns: Int, _ rows: Int) -> [String] {
    LivePage(columns: columns, rows: rows, color: false).lines(snapshot, LivePageState())
  }

  /// Runs `body` with a screen on a terminal and looks whether the terminal is as before afterwards.
  private static func run(_ body: (PseudoTerminal, LiveScreen) throws -> Void) throws {
    let terminal = try #require(PseudoTerminal())
    let before = terminal.localMode
    let screen = try #require(LiveScreen(input: terminal.inside, output: terminal.inside, color: false))
    #expect(screen.start())
    #expect(terminal.localMode != before)
    try body(terminal, screen)
    screen.stop()
    #expect(terminal.localMode == before)
    #expect(terminal.wait { !$0.isAlternate })
    #expect(terminal.unknown == [])
  }

  @Test("draws each page as it is by writing only what has changed")
  func changes() throws {
    try Self.run { terminal, screen in
      var bytes: [Int] = []
      for second in 1...3 {
        let snapshot = Self.snapshot(second)
        let before = terminal.written
        screen.show(snapshot)
        #expect(terminal.wait { $0.isAlternate && $0.rows == Self.page(snapshot, 100, 30) })
        bytes.append(terminal.written - before)
      }
      #expect(bytes[1] < bytes[0] * 3 / 4 && bytes[2] < bytes[0] * 3 / 4)
    }
  }

  @Test("a page that changes often is drawn at most four times a second")
  func pace() throws {
    try Self.run { terminal, screen in
      screen.show(Self.snapshot(1))
      #expect(terminal.wait { $0.rows.contains { $0.contains("Second 1.") } })
      let start = Date.now
      for second in 2...101 {
        screen.show(Self.snapshot(second))
        usleep(10_000)
      }
      #expect(terminal.wait { $0.rows.contains { $0.contains("Second 101.") } })
      let most = 2 + Int(Date.now.timeIntervalSince(start) * 4)
      let row = try #require(terminal.rows.firstIndex { $0.contains("Second 101.") })
      #expect((4...most).contains(terminal.renewals[row] ?? 0))
    }
  }

  @Test("follows the size of the terminal")
  func resize() throws {
    try Self.run { terminal, screen in
      let snapshot = Self.snapshot(5)
      screen.show(snapshot)
      #expect(terminal.wait { $0.rows == Self.page(snapshot, 100, 30) })
      for (columns, rows) in [(60, 15), (132, 43), (20, 5)] {
        terminal.resize(columns: UInt16(columns), rows: UInt16(rows))
        #expect(terminal.wait { $0.rows == Self.page(snapshot, columns, rows) }, "\(columns)x\(rows)")
      }
    }
  }

  @Test("keys pause, explain the keys, and ask for the end")
  func keys() throws {
    try Self.run { terminal, screen in
      screen.show(Self.snapshot(1))
      #expect(terminal.wait { $0.rows[0].contains("eth1") })
      terminal.type("p")
      #expect(terminal.wait { $0.rows[0].contains("PAUSED") })
      screen.show(Self.snapshot(2))
      #expect(!terminal.wait(seconds: 0.6) { $0.rows[0].contains("eth2") })
      terminal.type("p")
      #expect(terminal.wait { $0.rows[0].contains("eth2") })
      terminal.type("?")
      #expect(terminal.wait { $0.rows.contains { $0.contains("PgDn") } })
      terminal.type("\u{1B}")
      #expect(terminal.wait { !$0.rows.contains { $0.contains("PgDn") } })
      #expect(!screen.wantsToQuit)
      terminal.type("q")
      #expect(terminal.wait { _ in screen.wantsToQuit })
    }
  }

  @Test("a terminal that takes nothing holds up neither the capture nor the end for long")
  func stuck() throws {
    let terminal = try #require(PseudoTerminal(columns: 200, rows: 60))
    let before = terminal.localMode
    let screen = try #require(LiveScreen(input: terminal.inside, output: terminal.inside, color: true))
    #expect(screen.start())
    var longest = 0.0
    for second in 1...1_500 {
      let start = Date.now
      screen.show(Self.snapshot(second))
      longest = max(longest, Date.now.timeIntervalSince(start))
      usleep(1_000)
    }
    #expect(longest < 0.2)
    // Fills what room the terminal has left, as a page of colours would.
    let flags = fcntl(terminal.inside, F_GETFL)
    _ = fcntl(terminal.inside, F_SETFL, flags | O_NONBLOCK)
    while write(terminal.inside, String(repeating: "x", count: 4_096), 4_096) > 0 {}
    let start = Date.now
    screen.stop()
    #expect(Date.now.timeIntervalSince(start) < 1.5)
    #expect(terminal.localMode == before)
    // Once it takes something again, the page goes before anything is printed.
    #expect(terminal.wait { $0.isAlternate })
    screen.settle()
    #expect(terminal.wait { !$0.isAlternate })
  }

  @Test("what is no terminal gets no screen")
  func noTerminal() throws {
    let file = open("/dev/null", O_RDWR)
    defer { close(file) }
    #expect(LiveScreen(input: file, output: file, color: false) == nil)
  }

  @Test("a terminal without keys still shows the page")
  func noKeys() throws {
    let file = open("/dev/null", O_RDWR)
    defer { close(file) }
    let terminal = try #require(PseudoTerminal())
    let screen = try #require(LiveScreen(input: file, output: terminal.inside, color: false))
    #expect(screen.start())
    screen.show(Self.snapshot(4))
    #expect(terminal.wait { $0.rows == Self.page(Self.snapshot(4), 100, 30) })
    screen.stop()
    #expect(terminal.wait { !$0.isAlternate })
  }
}
