import CaptureFiles
import Dissection
import Detection
import Frames
import Tracking
import Triage

func run() throws {
  let path = CommandLine.arguments[3]
  var reader = try CaptureReader.open(paths: [path])
  let show = CommandLine.arguments[1] == "show"
  if show { print("frame\tkind\tcause\tspurious\trejected") }
  var rows = SegmentRows { o in
    print("\(o.segment.frame)\t\(o.kind.name)\t\(o.cause.name)\t\(o.anomalies.contains(.needless) ? "1" : "")\t\(o.rejection.name)")
  }
  var engine = show ? Engine(TriageSettings(), listener: .init(observations: { rows.take($0) })) : Engine(TriageSettings())
  while reader.nextBatch({ engine.take($0) }) {}
  let report = engine.finish(reader.description, method: Method(version: "0"))
  rows.finish()
  if !show {
    for f in report.findings { print(f.rule.id, f.severity.name, f.confidence.name, f.cause, f.summary, f.measures.map { "\($0.name)=\($0.value)" }) }
    print(report.capture.frames, report.capture.segments, report.totals)
  }
}
try run()
