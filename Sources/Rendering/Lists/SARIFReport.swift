import Detection
import Dissection
import Frames
import Tracking
import Triage

/// The findings for tools that collect the results of checkers: SARIF 2.1.0 (OASIS).
///
/// A result's place is its capture file; frames have no lines, so they stand among the properties. The fingerprint is made
/// of rule, cause and hosts: the same trouble in tomorrow's capture has the same one, whatever its frames and client ports.
package struct SARIFReport: Renderer {
  package static let name = "sarif"
  package static let extensions = ["sarif"]

  private static let schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

  package init(_ options: RenderingOptions) {}

  package func render(_ report: Report, to sink: inout some ByteSink & ~Copyable) {
    let digest = Digest(report)
    var json = JSONWriter()
    json.object { json in
      json.member("$schema", Self.schema)
      json.member("version", "2.1.0")
      json.member("runs", CollectionOfOne(report), inline: false) { json, report in
        Self.writeTool(report, to: &json)
        json.member("columnKind", "unicodeCodePoints")
        Self.writeInvocation(report, to: &json)
        json.member("artifacts", report.capture.source.files) { json, file in
          Self.writeLocation("location", file.name, to: &json)
          if file.bytes > 0 { json.member("length", file.bytes) }
        }
        Self.writeResults(digest, to: &json)
      }
    }
    json.end()
    json.drain(into: &sink)
  }

  private static func writeTool(_ report: Report, to json: inout JSONWriter) {
    json.key("tool")
    json.object { json in
      json.key("driver")
      json.object { json in
        json.member("name", "tcptriage")
        json.member("semanticVersion", report.method.version)
        json.member("rules", rules(report), inline: false) { json, rule in write(rule, to: &json) }
      }
    }
  }

  /// The rules that fired, in the order of the findings.
  private static func rules(_ report: Report) -> [Rule] {
    var seen: Set<String> = []
    return report.findings.map(\.rule).filter { seen.insert($0.id).inserted }
  }

  private static func write(_ rule: Rule, to json: inout JSONWriter) {
    json.member("id", rule.id)
    writeText("shortDescription", rule.title, to: &json)
    writeText("fullDescription", rule.meaning, to: &json)
    json.key("help")
    json.object { json in
      json.member("text", Explain.text(rule))
      json.member("markdown", Explain.markdown(rule))
    }
    json.key("properties")
    json.object(inline: true) { json in
      json.member("tags", [rule.family.rawValue])
      json.member("source", rule.source)
    }
  }

  private static func writeInvocation(_ report: Report, to json: inout JSONWriter) {
    let problems = report.capture.source.problems
    json.member("invocations", CollectionOfOne(problems), inline: false) { json, problems in
      if !report.method.commandLine.isEmpty { json.member("commandLine", report.method.commandLine) }
      json.member("executionSuccessful", !problems.contains { $0.kind == .unreadable })
      json.member("toolExecutionNotifications", problems) { json, problem in
        let place = problem.file.isEmpty ? "" : "\(problem.file): "
        writeText("message", place + problem.sentence, to: &json)
        json.member("level", problem.kind == .unreadable ? "error" : "warning")
      }
    }
  }

  private static func writeResults(_ digest: Digest, to json: inout JSONWriter) {
    let report = digest.report
    let order = Dictionary(rules(report).enumerated().map { ($1.id, $0) }) { first, _ in first }
    let fingerprints = Fingerprint.all(report, digest.connections)
    let names = zip(FindingID.all(report), fingerprints)
    json.member("results", zip(report.findings, names), inline: false) { json, result in
      let (finding, (id, fingerprint)) = result
      json.member("ruleId", finding.rule.id)
      json.member("ruleIndex", order[finding.rule.id] ?? -1)
      json.member("level", level(finding.severity))
      writeText("message", finding.summary, to: &json)
      writeLocations(finding, report.capture.source, to: &json)
      json.key("partialFingerprints")
      json.object(inline: true) { $0.member("ruleAndHosts/v1", fingerprint) }
      json.key("properties")
      json.object(inline: true) { writeProperties(finding, id, to: &$0) }
    }
  }

  private static func writeProperties(_ finding: Finding, _ id: String, to json: inout JSONWriter) {
    json.member("id", id)
    json.member("severity", finding.severity.name)
    json.member("confidence", finding.confidence.name)
    json.member("proof", finding.proof.rawValue)
    if finding.firstFrame > 0 {
      json.member("firstFrame", finding.firstFrame)
      json.member("lastFrame", finding.lastFrame)
    }
    json.member("evidenceFrames", finding.evidence.map(\.segment.frame))
    json.member("connections", finding.connections.map { String($0.rawValue) })
    json.member("remedy", finding.remedy)
  }

  /// The file that the finding begins in; all of them when it is about the whole capture.
  private static func writeLocations(_ finding: Finding, _ source: CaptureDescription, to json: inout JSONWriter) {
    let origin = finding.firstFrame > 0 ? source.origin(of: finding.firstFrame) : nil
    let files = origin.map { [$0.file] } ?? source.files
    json.member("locations", files) { json, file in
      json.key("physicalLocation")
      json.object { json in writeLocation("artifactLocation", file.name, to: &json) }
      json.key("properties")
      json.object { json in
        if let origin { json.member("frameInFile", origin.frame) }
      }
    }
  }

  private static func writeLocation(_ key: String, _ name: String, to json: inout JSONWriter) {
    json.key(key)
    json.object { $0.member("uri", FileReference.uri(name)) }
  }

  private static func writeText(_ key: String, _ text: String, to json: inout JSONWriter) {
    json.key(key)
    json.object(inline: true) { $0.member("text", Visible.text(text, limit: 4_000)) }
  }

  private static func level(_ severity: Severity) -> String {
    switch severity {
    case .critical: "error"
    case .warning: "warning"
    case .notice, .info: "note"
    }
  }
}

/// What stays the same of a finding when the same hosts have the same trouble in another capture.
enum Fingerprint {
  /// One per finding, in the order of `report.findings`; further ones of the same hosts get `-2` and so on.
  static func all(_ report: Report, _ connections: [ConnectionID: ConnectionSummary]) -> [String] {
    Ordinals.numbered(report.findings.map { digest($0, connections) })
  }

  private static func digest(_ finding: Finding, _ connections: [ConnectionID: ConnectionSummary]) -> String {
    var hash = FNV1a()
    hash.add(finding.rule.id)
    hash.add(finding.cause)
    let known = finding.connections.prefix(64).compactMap { connections[$0] }
    for pair in Set(known.map { "\($0.client.address) \($0.server)" }).sorted() { hash.add(pair) }
    for host in finding.hosts.prefix(64) { hash.add(host) }
    return hash.hexadecimal
  }
}

/// A file's name as a reference in the sense of RFC 3986.
enum FileReference {
  /// Relative names stay relative; every byte but letters, digits and `-._~/` is percent-encoded.
  static func uri(_ name: String) -> String {
    if name == "-" { return "stdin" }
    var result = name.hasPrefix("/") ? "file://" : ""
    for byte in name.utf8.prefix(4_096) {
      let scalar = Unicode.Scalar(byte)
      if scalar.isASCII, scalar.properties.isAlphabetic || (0x30...0x39).contains(byte) || "-._~/".utf8.contains(byte) {
        result.unicodeScalars.append(scalar)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }
}
