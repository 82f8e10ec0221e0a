import Foundation
import Testing

@testable import Rendering
@testable import Triage

/// Terminal columns by the C library's own table; its header hides the function.
@_silgen_name("wcwidth")
private func wcwidth(_ character: Int32) -> Int32

@Suite("The page of live mode fits its screen, whatever it has to show")
struct LivePageTests {
  private static let sizes: [(columns: Int, rows: Int)] = [
    (60, 15), (61, 16), (79, 23), (80, 24), (100, 30), (99, 33), (132, 43), (200, 60), (200, 15), (60, 70), (40, 9),
    (39, 9), (40, 8), (12, 4), (1, 1), (2, 3), (1_000, 1_000),
  ]

  /// Colour is all that a line may hold beside text; terminals give it no room.
  static func plain(_ line: String) -> String {
    line.replacing(/\u{1B}\[[0-9;]*m/, with: "")
  }

  /// Columns as the C library counts them, independent of our own tables.
  static func columns(_ line: String) -> Int {
    setlocale(LC_CTYPE, "C.UTF-8")
    return plain(line).unicodeScalars.reduce(0) { $0 + Int(max(0, wcwidth(Int32(bitPattern: $1.value)))) }
  }

  private static let views: [LivePageState.View] = [.overview, .explanation, .help]

  @Test("never more rows or columns than the screen, for honest and for hostile text", arguments: sizes)
  func fits(columns: Int, rows: Int) {
    for snapshot in [LiveFixture.snapshot(), LiveFixture.hostile(), Self.empty(), Self.crowded()] {
      for view in Self.views {
        for color in [true, false] {
          var state = LivePageState()
          (state.view, state.selected) = (view, snapshot.findings.first?.number)
          (state.isPaused, state.filter) = (color, color ? "" : LiveFixture.jamo)
          state.typing = color ? LiveFixture.jamo : nil
          let page = LivePage(columns: columns, rows: rows, color: color)
          let lines = page.lines(snapshot, state)
          #expect(lines.count == page.rows && page.rows <= rows)
          for line in lines {
            #expect(Self.columns(line) <= columns, "\(view) \(columns)x\(rows): \(line)")
            #expect(!Self.plain(line).unicodeScalars.contains(where: Visible.hides))
            #expect(color || !line.contains("\u{1B}"))
          }
        }
      }
    }
  }

  @Test("our table of widths never counts less than the C library does")
  func widths() {
    setlocale(LC_CTYPE, "C.UTF-8")
    let wrong = (0x20...0x3FFFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init).filter { scalar in
      !Visible.hides(scalar)
        && Int(wcwidth(Int32(bitPattern: scalar.value))) > TerminalText.columns(String(scalar))
    }
    #expect(wrong == [])
  }

  @Test("drops are told on every view and size")
  func drops() {
    var snapshot = LiveFixture.snapshot()
    for view in Self.views {
      for (columns, rows) in Self.sizes where columns > 12 {
        var state = LivePageState()
        (state.view, state.selected) = (view, 1)
        snapshot.interfaces[0].droppedByRing = 0
        let page = LivePage(columns: columns, rows: rows, color: false)
        #expect(page.lines(snapshot, state).contains { $0.contains("0 dropped") })
        snapshot.interfaces[0].droppedByRing = 4_711
        #expect(page.lines(snapshot, state).contains { $0.contains("4,711 dropped") })
      }
    }
  }

  @Test("a page of 100 x 30 shows every part")
  func overview() {
    let page = Self.text(LiveFixture.snapshot(), LivePageState(), 100, 30)
    for part in [
      "eth0 · tcp port 443", "12 min", "frames/s", "Mbit/s", "1,234 connections in memory",
      "0 dropped of 1,234,567 frames", "up to", "3 open, 1 at rest", "!! critical", "ack-storm", "for 12 s", "1,990/s",
      "python3[1234]", "nginx[812] +1", "uid 110", "counters differ", "counters agree", "fast 1,902 +50", "tlp 31",
      "10.0.0.20:40000", "9 MB", "TcpExtTCPACKSkippedSeq", "#1: differs, expected 995/s", "q quit",
    ] {
      #expect(page.contains(part), "\(part)")
    }
  }

  @Test("what the second brings changes rows, but no row changes its place")
  func stability() {
    let first = LiveFixture.snapshot()
    var second = first
    second.time += LiveFixture.second
    second.findings[0].rate = 2_100
    second.findings.removeLast()
    second.retransmissions[0].lastSecond = 0
    second.top.removeLast(11)
    second.counters = second.counters.map { reading in
      var calm = reading
      calm.runsAway = false
      return calm
    }
    second.remarks = ["eth0 went down"]
    let headings = ["live", "Traffic", "Capture", "Bytes/s", "Findings", "Resent", "Busiest", "Counters", "q quit"]
    for (columns, rows) in Self.sizes where columns >= 60 && rows >= 15 {
      let page = LivePage(columns: columns, rows: rows, color: false)
      let (before, after) = (page.lines(first, LivePageState()), page.lines(second, LivePageState()))
      for heading in headings {
        let place = before.firstIndex { $0.hasPrefix(heading) }
        #expect(place == after.firstIndex { $0.hasPrefix(heading) }, "\(heading) \(columns)x\(rows)")
      }
      #expect(before.contains { $0.hasPrefix("> ") } && before.contains { $0.hasPrefix("Findings") })
    }
  }

  @Test("without colour the selected finding has a mark, and severity is a word")
  func marks() {
    var state = LivePageState()
    state.selected = 2
    let lines = LivePage(columns: 100, rows: 30, color: false).lines(LiveFixture.snapshot(), state)
    #expect(lines.filter { $0.hasPrefix("> ") }.map { $0.contains("! ") && $0.contains("warning") } == [true])
  }

  @Test("owner and counters stand beside a finding on every size")
  func beside() {
    for (columns, rows) in Self.sizes where columns >= 60 && rows >= 15 {
      let lines = LivePage(columns: columns, rows: rows, color: false).lines(LiveFixture.snapshot(), LivePageState())
      #expect(lines.contains { $0.contains("python3[1234]") }, "\(columns)x\(rows)")
      #expect(lines.contains { $0.contains("counters differ") }, "\(columns)x\(rows)")
    }
  }

  @Test("the selected finding is on the page however many there are")
  func paging() {
    let snapshot = Self.crowded()
    for number in [1, 7, 100, 300] {
      var state = LivePageState()
      state.selected = number
      let lines = LivePage(columns: 80, rows: 24, color: false).lines(snapshot, state)
      #expect(lines.contains { $0.hasPrefix("> ") && $0.contains(" \(number) ") })
    }
  }

  @Test("the explanation holds evidence, counters, owner, remedy and commands")
  func explanation() {
    var state = LivePageState()
    (state.view, state.selected) = (.explanation, 1)
    let text = Self.text(LiveFixture.snapshot(), state, 120, 200)
    for part in [
      "CRITICAL (certain)  ack-storm  between", "1,990/s now", "python3[1234] (uid 1000)", "seq 1000",
      "acknowledges 999 bytes less", "The host's own counters", "differs, expected 995/s", "What to run next", "Remedy",
      "tcptriage explain ack-storm", "No handshake was captured",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    state.selected = 99
    #expect(Self.text(LiveFixture.snapshot(), state, 80, 24).contains("withdrawn"))
  }

  @Test("a screen that stands still says so; what is written and what went wrong is told")
  func states() {
    var snapshot = LiveFixture.snapshot()
    snapshot.writing = LiveWriting(directory: "ring")
    snapshot.writing?.files = 3
    snapshot.remarks = ["The first remark.", "eth0 went down.", "eth0 is up again."]
    var state = LivePageState()
    state.isPaused = true
    let text = Self.text(snapshot, state, 80, 24)
    #expect(text.contains("PAUSED") && text.contains("p go on") && text.contains("ring  3 files"))
    #expect(!text.contains("The first remark.") && text.contains("eth0 is up again."))
    snapshot.writing?.failure = "No space left on device."
    snapshot.interfaces[0].isUp = false
    let failed = Self.text(snapshot, state, 80, 24)
    #expect(failed.contains("No space left on device.") && failed.contains("eth0 (down)"))
  }

  @Test("filter and order choose the findings")
  func filter() {
    var snapshot = LiveFixture.snapshot()
    snapshot.findings[1].isOpen = false
    snapshot.findings[2].opened = snapshot.time
    snapshot.findings[3].rate = 3_000
    var state = LivePageState()
    func numbers() -> [Int] { state.findings(snapshot).map(\.number) }
    #expect(numbers() == [1, 3, 2, 4])
    state.order = .age
    #expect(numbers() == [3, 1, 2, 4])
    state.order = .rate
    #expect(numbers() == [4, 1, 2, 3])
    state.filter = "NGINX"
    #expect(numbers() == [2])
    state.filter = "10.0.0.2:443"
    #expect(numbers() == [4, 1, 3])
    state.filter = "nothing like it"
    #expect(numbers() == [])
    #expect(Self.text(snapshot, state, 100, 30).contains("only with 'nothing like it': 0"))
    #expect(!Self.text(snapshot, state, 100, 30).contains("10.0.0.20:40000"))
  }

  private static func text(_ snapshot: LiveSnapshot, _ state: LivePageState, _ columns: Int, _ rows: Int) -> String {
    LivePage(columns: columns, rows: rows, color: false).lines(snapshot, state).joined(separator: "\n")
  }

  static func empty() -> LiveSnapshot {
    LiveSnapshot(started: LiveFixture.start, time: LiveFixture.start, report: Fixture.report(findings: []))
  }

  static func crowded() -> LiveSnapshot {
    var snapshot = LiveFixture.snapshot()
    snapshot.findings = (1...300).map { LiveFixture.live($0, Fixture.storm(), opened: Int64($0), rate: Double($0)) }
    return snapshot
  }
}

private let folder = ProcessInfo.processInfo.environment["LIVE_DEMO"]

@Test("writes pages to the folder LIVE_DEMO, for looking at them", .enabled(if: folder != nil))
func livePages() throws {
  guard let folder else { return }
  func write(_ name: String, _ snapshot: LiveSnapshot, _ view: LivePageState.View, _ columns: Int, _ rows: Int) throws {
    var state = LivePageState()
    (state.view, state.selected) = (view, 1)
    let lines = LivePage(columns: columns, rows: rows, color: false).lines(snapshot, state)
    let path = "\(folder)/\(name)-\(columns)x\(rows).txt"
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
  }
  for (columns, rows) in [(60, 15), (80, 24), (100, 30), (120, 40), (160, 50)] {
    try write("overview", LiveFixture.snapshot(), .overview, columns, rows)
    try write("explanation", LiveFixture.snapshot(), .explanation, columns, rows)
    try write("help", LiveFixture.snapshot(), .help, columns, rows)
    try write("calm", LivePageTests.empty(), .overview, columns, rows)
    try write("troubled", LiveFixture.troubled(), .overview, columns, rows)
  }
}
