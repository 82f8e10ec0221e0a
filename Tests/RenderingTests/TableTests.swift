import Foundation
import Testing

@testable import Detection
@testable import Rendering

@Suite("Tables and explanations")
struct TableTests {
  private let columns = [
    Column("frame", isNumber: true), Column("kind"), Column("time", isNumber: true), Column("spurious"),
  ]
  private let rows: [[Cell]] = [
    [.unsigned(7), .text("a,\"b\"\tc\n"), .seconds(1_500_000_000), .flag(true)],
    [.integer(-12), .none, .number(.nan), .flag(false)],
  ]

  private func written(_ format: TableFormat, _ rows: [[Cell]]? = nil) -> String {
    var sink = MemorySink()
    var table = TableWriter(columns, format)
    for row in rows ?? self.rows { table.row(row, to: &sink) }
    table.finish(to: &sink)
    return sink.text
  }

  @Test("text is aligned")
  func text() {
    let expected = """
      FRAME  KIND               TIME  SPURIOUS
          7  a,"b"\\tc\\n  1.500000000  1
        -12

      """
    #expect(written(.text) == expected)
  }

  @Test("a live table prints its rows when asked to, with room for those to come")
  func live() {
    var sink = MemorySink()
    let columns = [Column("pid", isNumber: true), Column("laddr"), Column("rare", rank: 1)]
    var table = TableWriter(columns, .text, room: 40, isLive: true)
    table.flush(to: &sink)
    #expect(sink.text.isEmpty)
    table.row([.integer(7), .text("10.0.0.1")], to: &sink)
    table.flush(to: &sink)
    #expect(sink.text == "    PID  LADDR            RARE\n      7  10.0.0.1\n")
    table.row([.integer(4_194_304), .text("192.168.100.100"), .text("x")], to: &sink)
    table.finish(to: &sink)
    #expect(sink.text.hasSuffix("4194304  192.168.100.100  x\n"))
  }

  @Test("each line of NDJSON is an object, and nothing stands around them")
  func lines() throws {
    let lines = written(.ndjson).split(separator: "\n")
    #expect(lines.count == 2 && written(.ndjson, []).isEmpty)
    for line in lines { #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any]) }
  }

  @Test("the beginning of a slice of time has no zeros that say nothing on a screen")
  func slices() {
    #expect([0, 1_000_000_000, 61_100_000_000].map { Cell.slice($0).short } == ["00:00:00", "00:00:01", "00:01:01.1"])
    #expect(Cell.slice(100_000_000).text == "1970-01-01T00:00:00.100000000Z")
  }

  @Test("on a screen lines fit, empty and lesser columns go first, names keep both ends")
  func fitted() {
    let columns = [
      Column("frame", isNumber: true), Column("from"), Column("stall", isNumber: true, rank: 1),
      Column("empty", rank: 1), Column("window", isNumber: true, short: "win", rank: 2),
    ]
    let row: [Cell] = [.unsigned(7), .text("[2001:db8::1]:443"), .seconds(82_000_000), .none, .unsigned(502)]
    func lines(_ room: Int) -> (text: [String], leftOut: [String]) {
      var sink = MemorySink()
      var table = TableWriter(columns, .text, room: room)
      table.row(row, to: &sink)
      table.finish(to: &sink)
      return (sink.text.split(separator: "\n").map(String.init), table.leftOut)
    }
    #expect(
      lines(100).text == ["FRAME  FROM               STALL  EMPTY  WIN", "    7  [2001:db8::1]:443  82 ms         502"])
    #expect(lines(37).leftOut == ["empty"])
    #expect(lines(35).leftOut == ["empty", "window"])
    #expect(lines(20).text == ["FRAME  FROM", "    7  [2001:…1]:443"])
    for room in 20...60 { #expect(lines(room).text.allSatisfy { $0.count <= room }, "\(room)") }
    #expect(written(.csv).hasPrefix("frame,kind,time"))
  }

  @Test("a packet time is text in JSON where it is a date, and a number where it is seconds")
  func times() {
    var sink = MemorySink()
    var table = TableWriter([Column("a"), Column("b"), Column("c")], .json)
    table.row([.date(0), .time(1_500_000_000), .date(nil)], to: &sink)
    table.finish(to: &sink)
    #expect(sink.text.contains("{\"a\": \"1970-01-01T00:00:00.000000000Z\", \"b\": 1.500000000, \"c\": null}"))
  }

  @Test("CSV quotes, TSV escapes")
  func separated() {
    #expect(
      written(.csv) == "frame,kind,time,spurious\r\n7,\"a,\"\"b\"\"\\tc\\n\",1.500000000,1\r\n-12,,,\r\n")
    #expect(written(.tsv) == "frame\tkind\ttime\tspurious\n7\ta,\"b\"\\tc\\n\t1.500000000\t1\n-12\t\t\t\n")
  }

  @Test("JSON is an array of objects, also when it is empty")
  func json() throws {
    let root = try JSONSerialization.jsonObject(with: Data(written(.json).utf8)) as? [[String: Any]]
    #expect(root?.count == 2)
    #expect(root?[0]["kind"] as? String == "a,\"b\"\tc\n")
    #expect(root?[0]["spurious"] as? Bool == true)
    #expect(root?[1]["time"] is NSNull)
    #expect(try JSONSerialization.jsonObject(with: Data(written(.json, []).utf8)) is [Any])
  }

  @Test("an empty table still has its header", arguments: [TableFormat.text, .csv, .tsv])
  func empty(format: TableFormat) {
    #expect(written(format, []).lowercased().hasPrefix("frame"))
  }

  @Test("rows after the sample keep coming, short rows are filled")
  func stream() {
    let output = written(.text, Array(repeating: [.unsigned(1)], count: TableWriter.sample * 2 + 5))
    #expect(output.split(separator: "\n").count == TableWriter.sample * 2 + 6)
    #expect(written(.csv, [[.unsigned(1)]]).hasSuffix("1,,,\r\n"))
  }

  @Test("show connections has as many cells as columns")
  func connections() {
    #expect(ConnectionTable.row(Fixture.connection(1)).count == ConnectionTable.columns.count)
  }

  @Test("explain fits the width and names command, counter and source")
  func explain() {
    let rule = Fixture.rule("ack-storm", .ackLoop, "ACK storm")
    let output = Explain.text(rule, width: 60)
    for part in ["ACK storm", "ss -tniem", "TCPACKSkippedSeq", "RFC 9293"] { #expect(output.contains(part)) }
    #expect(output.split(separator: "\n").allSatisfy { $0.count <= 60 })
    #expect(Explain.markdown(rule).contains("```sh\nss -tniem dst 10.0.0.2\n```"))
  }

  @Test("the list of rules is grouped by family, and replaces the README's table")
  func list() {
    let rules = [Fixture.rule("b", .smc, "SMC | x"), Fixture.rule("a", .ackLoop, "ACK storm")]
    #expect(Explain.list(rules).hasPrefix("ACK loops\n  a  ACK storm\n\nSMC\n  b  SMC | x\n"))
    let readme = "# x\n\(Explain.beginMarker)\nold\n\(Explain.endMarker)\nend"
    let new = Explain.replacingTable(in: readme, rules: rules)
    #expect(new?.contains("| `b` | SMC | SMC \\| x |\n\(Explain.endMarker)\nend") == true)
    #expect(new.flatMap { Explain.replacingTable(in: $0, rules: rules) } == new)
    #expect(Explain.replacingTable(in: "no markers", rules: rules) == nil)
  }
}
