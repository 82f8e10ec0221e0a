import Foundation
import Testing

@testable import Database

@Suite("Database")
struct DatabaseTests {
  private let folder: Folder
  private let loop = Program.root.appending(path: "captures/ux-440/capture.pcap").path

  init() throws { folder = try Folder() }

  /// What holds in the database, each an SQL expression: SQLite's own check of a column refuses what does not.
  private func check(_ name: String, _ facts: [String]) throws {
    let database = try Database(path: folder.url.appending(path: name).path)
    try database.execute("CREATE TEMP TABLE fact (holds CHECK (holds))")
    for fact in facts {
      #expect(throws: Never.self, "\(fact)") { try database.execute("INSERT INTO fact SELECT \(fact)") }
    }
    #expect(throws: DatabaseError.self) { try database.execute("INSERT INTO fact SELECT 1 = 2") }
  }

  @Test("--sqlite writes connections, findings, measures and the segments that prove them")
  func tables() throws {
    let outcome = try Program.run([loop, "--quiet", "--sqlite", folder.url.appending(path: "o.db").path])
    #expect(outcome.status == 0 && outcome.complaint.isEmpty)
    #expect(folder.names == ["o.db"], "no temporary file is left")
    try check(
      "o.db",
      [
        "(SELECT value FROM capture WHERE name = 'frames') = 440", "(SELECT count(*) FROM connections) = 3",
        "(SELECT client_retransmissions FROM connections WHERE id = 1) = 1",
        "(SELECT group_concat(rule) FROM (SELECT rule FROM findings WHERE severity = 'warning' ORDER BY rule)) "
          + "= 'ack-loop,paws-reject,smc-not-answered'",
        "(SELECT value FROM measures JOIN findings ON id = finding WHERE rule = 'ack-loop' AND name = 'acks') = 399",
        "(SELECT min(frame) FROM segments JOIN findings ON id = finding WHERE rule = 'ack-loop') = 42",
        "(SELECT tsval FROM segments WHERE frame = 42) = 905000",
        "NOT EXISTS (SELECT 1 FROM finding_connections WHERE connection NOT IN (SELECT id FROM connections))",
      ])
  }

  @Test("a database that stands already is replaced; one that cannot be written is a sentence, and the rest is written")
  func outputs() throws {
    let path = folder.url.appending(path: "o.db").path
    try folder.add("o.db", Data("no database".utf8))
    #expect(try Program.run([loop, "--quiet", "--sqlite", path]).status == 0)
    try check("o.db", ["(SELECT count(*) FROM findings) = 4"])
    let outcome = try Program.run([loop, "--sqlite", folder.url.appending(path: "none/o.db").path])
    #expect(outcome.status == 3 && outcome.output.contains("ack-loop"))
    #expect(outcome.complaint.contains("none/o.db: The file cannot be written (No such file or directory)."))
  }

  @Test("anonymous databases hold other addresses and no names")
  func anonymous() throws {
    let path = folder.url.appending(path: "o.db").path
    #expect(try Program.run([loop, "--quiet", "--anonymize-key", "k", "--anonymize", "--sqlite", path]).status == 0)
    try check(
      "o.db",
      [
        "NOT EXISTS (SELECT 1 FROM connections WHERE client LIKE '10.0.0.%')",
        "NOT EXISTS (SELECT 1 FROM findings WHERE summary LIKE '%10.0.0.%')",
        "(SELECT value FROM capture WHERE name = 'files') NOT LIKE '%ux%'",
      ])
  }

  @Test("a library that is not there, or has other symbols, is not used", arguments: ["libnone.so.0", "libc.so.6"])
  func library(name: String) { #expect(SQLiteLibrary(named: name) == nil) }
}
