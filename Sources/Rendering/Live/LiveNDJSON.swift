import Detection
import Frames
import Tracking
import Triage

/// What happens in live mode as one JSON object per line, for programs: schema version 1 (`schema/live.schema.json`).
///
/// The member `event` says what a line is. Findings have the members of the JSON report; `number` tells them apart within
/// a run, while `id` is the name that reports give them.
package enum LiveNDJSON {
  package static let schemaVersion = 1

  /// The first line: what is captured.
  package static func start(_ snapshot: LiveSnapshot) -> [UInt8] {
    line("start", snapshot.started) { json in
      json.member("schema_version", schemaVersion)
      json.member("version", snapshot.report.method.version)
      json.member("filter", snapshot.report.method.filter)
      writeInterfaces(snapshot, to: &json)
    }
  }

  /// A line for each of `events`, which led to `snapshot`.
  ///
  /// - Complexity: O(findings of the report) once, and O(bytes) for each line.
  package static func lines(_ events: [LiveEvent], _ snapshot: LiveSnapshot) -> [UInt8] {
    lazy var digest = Digest(snapshot.report)
    let time = snapshot.time
    var bytes: [UInt8] = []
    for event in events {
      switch event {
      case .opened(let live): bytes += finding("finding-opened", live, digest, time)
      case .worse(let live, let before): bytes += finding("finding-worse", live, digest, time, before: before)
      case .rested(let live): bytes += finding("finding-rested", live, digest, time)
      case .reopened(let live): bytes += finding("finding-reopened", live, digest, time)
      case .withdrawn(let live): bytes += finding("finding-withdrawn", live, digest, time)
      case .remark(let sentence): bytes += line("remark", time) { $0.member("sentence", sentence) }
      case .summary: bytes += line("interval", time) { writeInterval(snapshot, to: &$0) }
      }
    }
    return bytes
  }

  /// The last line: what it all came to.
  package static func end(_ snapshot: LiveSnapshot) -> [UInt8] {
    line("end", snapshot.time) { json in
      json.member("running_ns", Moment.elapsed(from: snapshot.started, to: snapshot.time))
      json.member("verdict", Digest(snapshot.report).verdict)
      json.member("packets", snapshot.report.capture.frames)
      json.member("wire_bytes", snapshot.report.capture.wireBytes)
      JSONReport.writeTotals(snapshot.report, to: &json)
      JSONReport.writeRules(snapshot.report.rules, to: &json)
      writeRetransmissions(snapshot, to: &json)
      writeInterfaces(snapshot, to: &json)
      writeWriting(snapshot.writing, to: &json)
    }
  }

  private static func line(_ event: String, _ time: Int64, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var json = JSONWriter()
    json.object(inline: true) { json in
      json.member("event", event)
      JSONReport.writeTime("time", time, to: &json)
      body(&json)
    }
    json.end()
    return json.bytes
  }

  private static func finding(
    _ event: String, _ live: LiveFinding, _ digest: Digest, _ time: Int64, before: Severity? = nil
  ) -> [UInt8] {
    line(event, time) { json in
      json.member("number", live.number)
      if let before { json.member("from", before.name) }
      JSONReport.writeTime("opened", live.opened, to: &json)
      JSONReport.writeTime("last_grew", live.lastGrew, to: &json)
      json.member("open", live.isOpen)
      json.key("rate")
      writeNumber(live.rate, to: &json)
      json.key("finding")
      let placed = live.finding.placed(digest.connections)
      JSONReport.writeFinding(placed, FindingID.digest(live.finding), digest, to: &json)
      json.member("owners", live.owners) { json, owner in
        json.key("pid")
        if let pid = owner.pid { json.value(pid) } else { json.null() }
        json.member("command", owner.command)
        json.member("uid", owner.uid)
      }
      json.member("counters", live.counters) { json, pairing in
        json.member("name", pairing.name)
        json.key("rate")
        writeNumber(pairing.rate, to: &json)
        json.key("expected")
        json.value(pairing.expected)
        json.member("verdict", pairing.verdict.rawValue)
        json.member("reason", pairing.reason)
      }
      json.member("settings", live.settings)
    }
  }

  private static func writeInterval(_ snapshot: LiveSnapshot, to json: inout JSONWriter) {
    let second = snapshot.lastSecond
    json.member("length_ns", second.length)
    json.member("packets", second.frames)
    json.member("wire_bytes", second.bytes)
    json.member("segments", second.segments)
    json.member("retransmissions", second.retransmissions)
    json.member("connections_opened", second.opened)
    json.member("dropped", second.dropped)
    json.member("open_connections", snapshot.openConnections)
    json.member("open_findings", snapshot.findings.count(where: \.isOpen))
    writeRetransmissions(snapshot, to: &json)
    writeInterfaces(snapshot, to: &json)
    json.member("counters", snapshot.counters.filter(\.runsAway)) { json, reading in
      json.member("name", reading.name)
      json.member("value", reading.value)
      json.key("rate")
      json.value(reading.rate)
      json.key("usual_low")
      writeNumber(reading.usual?.lowerBound, to: &json)
      json.key("usual_high")
      writeNumber(reading.usual?.upperBound, to: &json)
      json.member("meaning", reading.meaning)
    }
    writeWriting(snapshot.writing, to: &json)
  }

  private static func writeRetransmissions(_ snapshot: LiveSnapshot, to json: inout JSONWriter) {
    json.member("retransmissions_by_cause", snapshot.retransmissions) { json, entry in
      json.member("cause", entry.cause.name)
      json.member("total", entry.total)
      json.member("last_second", entry.lastSecond)
    }
  }

  private static func writeInterfaces(_ snapshot: LiveSnapshot, to json: inout JSONWriter) {
    json.member("interfaces", snapshot.interfaces) { json, interface in
      json.member("name", interface.name)
      json.member("up", interface.isUp)
      json.member("received", interface.received)
      json.member("dropped_by_ring", interface.droppedByRing)
      json.member("dropped_by_interface", interface.droppedByInterface)
    }
  }

  private static func writeWriting(_ writing: LiveWriting?, to json: inout JSONWriter) {
    json.key("writing")
    guard let writing else { return json.null() }
    json.object { json in
      json.member("directory", writing.directory)
      json.member("files", writing.files)
      json.member("packets", writing.frames)
      json.member("bytes", writing.bytes)
      json.member("lost_packets", writing.lostFrames)
      json.member("failure", writing.failure)
    }
  }

  private static func writeNumber(_ value: Double?, to json: inout JSONWriter) {
    if let value { json.value(value) } else { json.null() }
  }
}
