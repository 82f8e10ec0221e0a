import Detection
import Dissection
import Frames
import Triage

/// The `capture` member of a report.
extension JSONReport {
  static func writeCapture(_ digest: Digest, to json: inout JSONWriter) {
    let capture = digest.report.capture
    json.key("capture")
    json.object { json in
      writeFiles(capture.source, to: &json)
      json.member("packets", capture.frames)
      json.member("segments", capture.segments)
      json.member("bytes", capture.capturedBytes)
      json.member("wire_bytes", capture.wireBytes)
      let empty = capture.frames == 0
      writeTime("first_time", empty ? nil : capture.firstTime, to: &json)
      writeTime("last_time", empty ? nil : capture.lastTime, to: &json)
      json.member("link_types", capture.linkTypes) { json, entry in
        json.member("link_type", entry.linkType.rawValue)
        json.member("name", entry.linkType.name)
        json.member("packets", entry.frames)
      }
      json.key("not_analyzed")
      json.object { json in
        for entry in capture.notAnalyzed { json.member(entry.reason.key, entry.frames) }
      }
      json.member("quality", capture.quality) { json, mark in
        json.member("rule", mark.rule.id)
        json.member("passed", mark.severity == nil)
        json.key("severity")
        if let severity = mark.severity { json.value(severity.name) } else { json.null() }
        json.member("words", mark.severity == nil ? mark.words : digest.extent(mark))
      }
    }
  }

  private static func writeFiles(_ source: CaptureDescription, to json: inout JSONWriter) {
    json.member("files", source.files) { json, file in
      json.member("name", file.name)
      json.member("format", file.format)
      json.member("bytes", file.bytes)
      json.member("first_frame", file.firstFrame)
      json.member("packets", file.frames)
    }
    json.member("interfaces", source.interfaces) { json, interface in
      json.member("name", interface.name)
      json.member("link_type", interface.linkType.rawValue)
      json.member("snap_length", interface.snapLength)
      json.key("reported_drops")
      if let drops = interface.reportedDrops { json.value(drops) } else { json.null() }
    }
    json.member("problems", source.problems) { json, problem in
      json.member("kind", problem.kind.rawValue)
      json.member("file", problem.file)
      json.member("offset", problem.offset)
      json.member("sentence", problem.sentence)
    }
  }
}
