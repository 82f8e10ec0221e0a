import Testing

@testable import Rendering
@testable import Triage

@Suite("Keys of the live screen")
struct LiveKeysTests {
  private static let bytes: [(bytes: String, keys: [LiveKey])] = [
    ("q", [.character("q")]), ("\u{1B}[A\u{1B}[B", [.up, .down]), ("\u{1B}OA\u{1B}OB", [.up, .down]),
    ("\u{1B}[5~\u{1B}[6~", [.pageUp, .pageDown]), ("\u{1B}[H\u{1B}[F\u{1B}[1~\u{1B}[4~", [.home, .end, .home, .end]),
    ("\r\n", [.enter, .enter]), ("\u{7F}\u{8}", [.backspace, .backspace]), ("\u{1B}[1;5A", [.up]),
    ("é東\u{1F44D}", [.character("é"), .character("東"), .character("\u{1F44D}")]),
    ("\u{1B}\u{1B}[A", [.escape, .up]), ("\u{1B}x", [.escape, .character("x")]),
    ("\u{1B}[200~a\u{1B}[201~", [.character("a")]), ("\u{1B}[<0;12;5Mj", [.character("j")]),
    ("\u{0}\u{1}\u{1F}k", [.character("k")]),
  ]

  @Test("the same keys, however reads cut the bytes", arguments: bytes)
  func split(bytes: String, keys: [LiveKey]) {
    let all = Array(bytes.utf8)
    for cut in 0...all.count {
      var decoder = LiveKeyDecoder()
      #expect(decoder.keys(all[..<cut]) + decoder.keys(all[cut...]) == keys)
      #expect(!decoder.isWaiting)
    }
    var decoder = LiveKeyDecoder()
    #expect(all.flatMap { decoder.keys([$0]) } == keys)
  }

  @Test("an escape byte alone becomes a key when nothing follows; the beginning of a sequence becomes none")
  func flush() {
    var decoder = LiveKeyDecoder()
    #expect(decoder.keys([0x1B]) == [] && decoder.isWaiting)
    #expect(decoder.flush() == [.escape] && !decoder.isWaiting)
    #expect(decoder.keys(Array("\u{1B}[5".utf8)) == [] && decoder.flush() == [] && !decoder.isWaiting)
  }

  @Test("no bytes crash the decoder or make it wait for ever")
  func noise() {
    var decoder = LiveKeyDecoder()
    for first in UInt8.min ... .max {
      for second in UInt8.min ... .max { _ = decoder.keys([first, second, 0xFF]) }
    }
    _ = decoder.keys([0x1B, UInt8(ascii: "[")] + Array(repeating: UInt8(ascii: "1"), count: 10_000))
    _ = decoder.flush()
    #expect(decoder.keys([UInt8(ascii: "q")]) == [.character("q")])
    #expect(decoder.keys([0xC3, UInt8(ascii: "q"), 0xE2, 0x82]) == [])
    #expect(decoder.flush() == [] && decoder.keys([0xAC]) == [])
  }

  private let snapshot = LiveFixture.snapshot()
  private let page = LivePage(columns: 100, rows: 30, color: false)

  private func press(_ keys: [LiveKey], _ state: inout LivePageState, _ snapshot: LiveSnapshot? = nil) {
    for key in keys { state.take(key, snapshot ?? self.snapshot, on: page) }
  }

  @Test("q quits on every view, but is a letter while a filter is typed")
  func quit() {
    for keys: [LiveKey] in [[], [.character("?")], [.enter]] {
      var state = LivePageState()
      press(keys + [.character("q")], &state)
      #expect(state.wantsToQuit)
    }
    var state = LivePageState()
    press([.character("/"), .character("q")], &state)
    #expect(!state.wantsToQuit && state.typing == "q")
  }

  @Test("arrows and letters select within the list, and no further")
  func selection() {
    var state = LivePageState()
    press([.up], &state)
    #expect(state.selected == 1)
    press([.down, .character("j")], &state)
    #expect(state.selected == 3)
    press([.character("k")], &state)
    #expect(state.selected == 2)
    press([.end, .down, .pageDown], &state)
    #expect(state.selected == 4)
    press([.pageUp, .home], &state)
    #expect(state.selected == 1)
    press([.end, .enter], &state, LivePageTests.empty())
    #expect(state.selected == 1 && state.view == .overview)
  }

  @Test("the selection follows its finding when others come or go")
  func follows() {
    var state = LivePageState()
    press([.down], &state)
    var later = snapshot
    later.findings.insert(LiveFixture.live(9, Fixture.storm(), opened: 0, rate: 1), at: 0)
    #expect(later.findings[state.selection(in: state.findings(later))].number == 2)
    press([.up], &state, later)
    #expect(state.selected == 1)
  }

  @Test("enter explains, scrolling stays within the text, escape leads back")
  func explanation() {
    var state = LivePageState()
    press([.down, .enter], &state)
    #expect(state.view == .explanation && state.selected == 2)
    press([.up], &state)
    #expect(state.scroll == 0)
    press([.end], &state)
    let most = page.mostScroll(snapshot, state)
    #expect(state.scroll == most && most > 0)
    press([.pageDown, .down], &state)
    #expect(state.scroll == most)
    press([.pageUp], &state)
    #expect(state.scroll == max(0, most - page.explanationRows))
    press([.escape], &state)
    #expect(state.view == .overview && state.scroll == 0)
  }

  @Test("a filter is typed, corrected, applied and cleared; it is bounded")
  func filter() {
    var state = LivePageState()
    press([.character("f"), .character("n"), .character("x"), .backspace, .character("g"), .enter], &state)
    #expect(state.filter == "ng" && state.typing == nil)
    press([.character("/")], &state)
    #expect(state.typing == "ng")
    press([.escape], &state)
    #expect(state.filter == "" && state.typing == nil)
    press([.character("/")] + Array(repeating: .character("é"), count: 1_000) + [.enter], &state)
    #expect(state.filter.count == 40)
    press([.escape], &state)
    #expect(state.filter == "")
  }

  @Test("pause, order, help and reset")
  func others() {
    var state = LivePageState()
    press([.character("p")], &state)
    #expect(state.isPaused)
    press([.character(" ")], &state)
    #expect(!state.isPaused)
    press([.character("s"), .character("s")], &state)
    #expect(state.order == .rate)
    press([.character("s"), .character("s"), .down, .character("r")], &state)
    #expect(state.order == .harm && state.selected == nil)
    press([.character("h")], &state)
    #expect(state.view == .help)
    press([.character("x")], &state)
    #expect(state.view == .overview)
  }
}
