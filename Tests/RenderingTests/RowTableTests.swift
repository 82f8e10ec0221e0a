import Foundation
import Testing

@testable import Rendering

@Suite("Tables by fields")
struct RowTableTests {
  private let table = RowTable<Int64>([
    Field("laddr") { .text("host\($0)") }, Field("ms", isNumber: true) { .millis($0) },
  ])

  @Test("A live capture puts process and command in front")
  func process() {
    let live = table.with([
      Field("pid", isNumber: true) { .integer($0 % 10) }, Field("comm") { _ in .text("curl") },
    ])
    #expect(live.columns.map(\.name) == ["pid", "comm", "laddr", "ms"])
    #expect(live.cells(1_500_047).map(\.text) == ["7", "curl", "host1500047", "1.500"])
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
