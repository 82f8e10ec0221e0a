import Detection
import Dissection
import Frames
import Tracking
import Triage

/// One element of `findings`.
extension JSONReport {
  /// On a line of its own with `type` as its first member, where there is one.
  static func writeFinding(
    _ finding: Finding, _ id: String, _ digest: Digest, type: String? = nil, to json: inout JSONWriter
  ) {
    json.object(inline: type != nil) { json in
      if let type { json.member("type", type) }
      json.member("id", id)
      json.member("rule", finding.rule.id)
      json.member("title", finding.rule.title)
      json.member("family", finding.rule.family.rawValue)
      json.member("severity", finding.severity.name)
      json.member("confidence", finding.confidence.name)
      json.member("proof", finding.proof.rawValue)
      json.member("summary", finding.summary)
      json.member("cause", finding.cause)
      writePlace(finding, digest, to: &json)
      writeRange(finding, to: &json)
      json.member("measures", finding.measures) { json, measure in
        json.member("name", measure.name)
        json.key("value")
        json.value(measure.value)
        json.member("unit", measure.unit)
      }
      json.key("cost")
      json.object(inline: true) { json in
        json.member("time_ns", finding.cost.time)
        json.member("packets", finding.cost.packets)
        json.member("bytes", finding.cost.bytes)
      }
      json.member("caveats", finding.caveats)
      json.member("next_steps", finding.nextSteps) { json, step in
        json.member("command", step.command)
        json.member("tells", step.tells)
      }
      json.member("remedy", finding.remedy)
      json.member("counters", finding.rule.counters)
      json.member("drop_reasons", finding.rule.dropReasons)
      json.member("source", finding.rule.source)
      json.member("evidence", finding.evidence) { writeEvidence($1, digest, to: &$0) }
    }
  }

  private static func writePlace(_ finding: Finding, _ digest: Digest, to json: inout JSONWriter) {
    json.member("connections", finding.connections) { json, id in
      json.member("id", id.rawValue)
      if let connection = digest.connections[id] {
        json.member("client", "\(connection.client)")
        json.member("server", "\(connection.server)")
      }
    }
    json.member("hosts", finding.hosts)
  }

  private static func writeRange(_ finding: Finding, to json: inout JSONWriter) {
    let isWhole = finding.firstFrame == 0
    json.key("frames")
    json.object(inline: true) { json in
      json.key("first")
      if isWhole { json.null() } else { json.value(finding.firstFrame) }
      json.key("last")
      if isWhole { json.null() } else { json.value(finding.lastFrame) }
      json.member("evidence", finding.evidence.map(\.segment.frame))
    }
    json.key("time")
    json.object(inline: true) { json in
      writeTime("first", isWhole ? nil : finding.firstTime, to: &json)
      writeTime("last", isWhole ? nil : finding.lastTime, to: &json)
    }
  }

  /// The fields that a reader needs to check the finding; payload never.
  private static func writeEvidence(_ frame: EvidenceFrame, _ digest: Digest, to json: inout JSONWriter) {
    let segment = frame.segment
    json.member("frame", segment.frame)
    if let origin = digest.report.capture.source.origin(of: segment.frame) {
      json.member("file", origin.file.name)
      json.member("frame_in_file", origin.frame)
    }
    writeTime("time", segment.time, to: &json)
    json.member("from", "\(segment.sender)")
    json.member("to", "\(segment.receiver)")
    json.member("flags", segment.flags.letters)
    json.member("seq", segment.sequence.rawValue)
    if segment.flags.contains(.ack) { json.member("ack", segment.acknowledgment.rawValue) }
    json.member("len", segment.payloadLength)
    json.member("win", segment.window)
    if segment.hasTimestamps {
      json.member("tsval", segment.timestampValue)
      json.member("tsecr", segment.timestampEcho)
    }
    if segment.sackCount > 0, !segment.flags.contains(.syn) {
      json.member("sack", 0..<min(4, Int(segment.sackCount))) { json, index in
        json.member("left", segment.sack[index].left.rawValue)
        json.member("right", segment.sack[index].right.rawValue)
      }
    }
    json.member("telling", frame.telling)
    json.member("note", frame.note)
  }
}
