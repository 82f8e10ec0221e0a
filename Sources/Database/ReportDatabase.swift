import Detection
import Dissection
import Frames
import Rendering
import Tracking
import Triage

/// A report as tables: the capture, its connections, findings, and the segments that prove them.
///
/// Times are nanoseconds since 1970 UTC. Connections are those that the report lists; the totals count all.
package enum ReportDatabase {
  private static let schema = """
    CREATE TABLE capture (name TEXT PRIMARY KEY, value);
    CREATE TABLE connections (
      id INTEGER PRIMARY KEY, client TEXT, client_port INTEGER, server TEXT, server_port INTEGER,
      first_frame INTEGER, last_frame INTEGER, first_ns INTEGER, last_ns INTEGER, state TEXT, ending TEXT,
      mid_stream INTEGER, handshake_ns INTEGER, least_round_trip_ns INTEGER, vantage TEXT, smc TEXT,
      client_packets INTEGER, client_payload_bytes INTEGER, client_retransmissions INTEGER,
      client_retransmitted_bytes INTEGER, server_packets INTEGER, server_payload_bytes INTEGER,
      server_retransmissions INTEGER, server_retransmitted_bytes INTEGER, in_handshake_ns INTEGER,
      in_network_ns INTEGER, in_recovery_ns INTEGER, in_receiver_window_ns INTEGER, idle_ns INTEGER);
    CREATE TABLE findings (
      id TEXT PRIMARY KEY, rule TEXT, severity TEXT, confidence TEXT, proof TEXT, cause TEXT, summary TEXT,
      first_frame INTEGER, last_frame INTEGER, first_ns INTEGER, last_ns INTEGER, lost_ns INTEGER,
      wasted_packets INTEGER, wasted_bytes INTEGER, remedy TEXT);
    CREATE TABLE finding_connections (finding TEXT REFERENCES findings, connection INTEGER REFERENCES connections);
    CREATE TABLE measures (finding TEXT REFERENCES findings, name TEXT, value REAL, unit TEXT);
    CREATE TABLE segments (
      finding TEXT REFERENCES findings, frame INTEGER, time_ns INTEGER, source TEXT, source_port INTEGER,
      destination TEXT, destination_port INTEGER, flags TEXT, sequence INTEGER, acknowledgment INTEGER,
      window INTEGER, payload_length INTEGER, tsval INTEGER, tsecr INTEGER, note TEXT);
    """

  /// Writes `report` to a new file at `path`.
  ///
  /// - Complexity: O(connections + findings).
  package static func write(_ report: Report, to path: String) throws(DatabaseError) {
    let database = try Database(path: path)
    try database.execute(schema)
    try database.insert(into: "capture", columns: 2) { (add) throws(DatabaseError) in
      for (name, value) in facts(report) { try add([.text(name), value]) }
    }
    try database.insert(into: "connections", columns: 29) { (add) throws(DatabaseError) in
      for connection in report.connections { try add(row(connection)) }
    }
    let findings = Array(zip(NamedFindings(report).names, report.findings))
    try database.insert(into: "findings", columns: 15) { (add) throws(DatabaseError) in
      for (id, finding) in findings { try add(row(id, finding)) }
    }
    try database.insert(into: "finding_connections", columns: 2) { (add) throws(DatabaseError) in
      for (id, finding) in findings {
        for connection in finding.connections { try add([.text(id), .count(connection.rawValue)]) }
      }
    }
    try database.insert(into: "measures", columns: 4) { (add) throws(DatabaseError) in
      for (id, finding) in findings {
        for one in finding.measures { try add([.text(id), .text(one.name), .real(one.value), .text(one.unit)]) }
      }
    }
    try database.insert(into: "segments", columns: 15) { (add) throws(DatabaseError) in
      for (id, finding) in findings {
        for frame in finding.evidence { try add(row(id, frame)) }
      }
    }
    try database.finish()
  }

  private static func facts(_ report: Report) -> [(String, Database.Value)] {
    let capture = report.capture
    return [
      ("files", .text(capture.source.files.map(\.name).joined(separator: ", "))), ("frames", .count(capture.frames)),
      ("segments", .count(capture.segments)), ("captured_bytes", .count(capture.capturedBytes)),
      ("wire_bytes", .count(capture.wireBytes)), ("first_ns", .integer(capture.firstTime)),
      ("last_ns", .integer(capture.lastTime)), ("connections", .count(report.totals.connections)),
      ("retransmissions", .count(report.totals.retransmissions)), ("payload_bytes", .count(report.totals.payloadBytes)),
      ("version", .text(report.method.version)), ("filter", .text(report.method.filter)),
    ]
  }

  private static func row(_ connection: ConnectionSummary) -> [Database.Value] {
    let (client, server) = (connection.client, connection.server)
    let start: [Database.Value] = [
      .count(connection.id.rawValue), .text("\(client.address)"), .count(client.port), .text("\(server.address)"),
      .count(server.port), .count(connection.firstFrame), .count(connection.lastFrame),
      .integer(connection.firstTime), .integer(connection.lastTime), .text(connection.state),
      .text(connection.ending), .count(connection.midStream ? 1 : 0), .optional(connection.handshake),
      .optional(connection.leastRoundTrip), .text(connection.vantage), .text(connection.smc),
    ]
    let sent = [connection.fromClient, connection.fromServer].flatMap { end -> [Database.Value] in
      [
        .count(end.packets), .count(end.payloadBytes), .count(end.retransmissions), .count(end.retransmittedBytes),
      ]
    }
    return start + sent + TimeUse.allCases.map { .integer(connection.time[$0]) }
  }

  private static func row(_ id: String, _ finding: Finding) -> [Database.Value] {
    [
      .text(id), .text(finding.rule.id), .text(finding.severity.name), .text(finding.confidence.name),
      .text(finding.proof.rawValue), .text(finding.cause), .text(finding.summary), .count(finding.firstFrame),
      .count(finding.lastFrame), .integer(finding.firstTime), .integer(finding.lastTime), .integer(finding.cost.time),
      .count(finding.cost.packets), .count(finding.cost.bytes), .text(finding.remedy),
    ]
  }

  private static func row(_ id: String, _ frame: EvidenceFrame) -> [Database.Value] {
    let s = frame.segment
    return [
      .text(id), .count(s.frame), .integer(s.time), .text("\(s.source)"), .count(s.sourcePort),
      .text("\(s.destination)"), .count(s.destinationPort), .text(s.flags.letters), .count(s.sequence.rawValue),
      s.flags.contains(.ack) ? .count(s.acknowledgment.rawValue) : .null, .count(s.window), .count(s.payloadLength),
      s.hasTimestamps ? .count(s.timestampValue) : .null, s.hasTimestamps ? .count(s.timestampEcho) : .null,
      .text(frame.note),
    ]
  }
}
