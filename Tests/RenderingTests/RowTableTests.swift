import Foundation
import Testing

@testable import Rendering

@Suite("Tables by fields")
struct RowTableTests {
  private let table = RowTable<Int64>([
    Field("laddr") { .text("host\($0)") }, Field("ms", isNumber: true) { .millis($0) },
  ])

  @Test("A live capture puts process and command in front, and the user where wanted")
  func process() {
    let row = OwnedRow<Int64>(1_500_047, pid: 7, command: "curl", uid: 33)
    let live = table.owned(.process)
    #expect(live.columns.map(\.name) == ["pid", "comm", "laddr", "ms"])
    #expect(live.cells(row).map(\.text) == ["7", "curl", "host1500047", "1.500"])
    #expect(table.owned(.processAndUser).cells(row).map(\.text).prefix(3) == ["33", "7", "curl"])
    #expect(table.owned(.none).columns.map(\.name) == ["laddr", "ms"])
    #expect(live.cells(OwnedRow(0)).prefix(2) == [.none, .text("")])
  }

  @Test("A process cannot act on the terminal by its name")
  func hostileName() {
    let cells = table.owned(.process).cells(OwnedRow(0, pid: 1, command: "a\u{1B}[2Jb\n\u{202E}c"))
    #expect(cells[1].text == "a\\u{1B}[2Jb\\n\\u{202E}c")
  }

  @Test("Times stand in front as far as they are wanted, from the first packet on")
  func times() {
    var timed = TimedTable(table, clock: true, seconds: true) { $0 }
    timed.start = 1_000_000_000
    #expect(timed.columns.map(\.name) == ["time", "time_s", "laddr", "ms"])
    #expect(timed.cells(1_250_000_999).prefix(2).map(\.text) == ["1970-01-01T00:00:01.250000999Z", "0.250000"])
    #expect(timed.cells(1_250_000_999)[0].short == "00:00:01.250000")
    #expect(TimedTable(table, clock: false, seconds: false) { $0 }.columns.map(\.name) == ["laddr", "ms"])
    timed.start = .max
    #expect(timed.cells(.min).count == 4)
  }

  @Test("Milliseconds are rounded to microseconds, whatever their size")
  func milliseconds() {
    let texts = [0, 499, 500, 1_373_000, -2_500_000, .max, .min].map { Cell.millis($0).text }
    let expected = ["0.000", "0.000", "0.001", "1.373", "-2.500", "9223372036854.776", "-9223372036854.776"]
    #expect(texts == expected)
  }
}
