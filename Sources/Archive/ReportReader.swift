import Detection
import Triage
import Yams

/// Why a JSON report cannot be used.
package struct ReportReaderError: Error, Sendable, CustomStringConvertible {
  /// What is wrong and what to do, one sentence.
  package let description: String
}

/// Reads back what can be compared of a JSON report of this program.
///
/// JSON is read as the subset of YAML that it is. Strict: what is missing or of another type is an error, for a
/// report that is half understood would make half of the trouble new.
package enum ReportReader {
  /// Most bytes of a report: parsed, each takes some hundred bytes of memory.
  package static let mostBytes = 32 << 20
  /// Deeper than any report; the parser goes down by recursion.
  private static let mostDepth = 64

  /// Whether the first byte that is no space begins a JSON object: no capture format begins so.
  package static func looksLikeJSON(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
  }

  /// The figures of the report in `bytes`.
  ///
  /// - Complexity: O(bytes).
  package static func figures(_ bytes: [UInt8]) throws(ReportReaderError) -> ReportFigures {
    guard depth(bytes) <= mostDepth else {
      throw ReportReaderError(description: "It is nested too deeply for a report; write it again with -o report.json.")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ReportReaderError(description: "It is no UTF-8 text; write it again with -o report.json.")
    }
    let root: Node?
    do { root = try compose(yaml: text) } catch {
      throw ReportReaderError(
        description: "It is no JSON: the text cannot be parsed; write it again with -o report.json.")
    }
    guard let top = root, top.mapping != nil else {
      throw ReportReaderError(description: "It is no JSON report of this program; write one with -o report.json.")
    }
    return try figures(top)
  }

  /// How deeply brackets nest; those in strings count, too, which real reports do not come near with.
  private static func depth(_ bytes: [UInt8]) -> Int {
    var (depth, most, isString, isEscaped) = (0, 0, false, false)
    for byte in bytes {
      if isEscaped {
        isEscaped = false
      } else if isString {
        isEscaped = byte == UInt8(ascii: "\\")
        if byte == UInt8(ascii: "\"") { isString = false }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isString = true
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
        // No JSON outside of strings; YAML would make references and tags of them.
        case UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "#"): return .max
        default: break
        }
        most = max(most, depth)
      }
    }
    return most
  }

  private static func figures(_ top: Node) throws(ReportReaderError) -> ReportFigures {
    guard try number(top, "schema_version") == 1 else {
      throw ReportReaderError(description: "It has another schema version than 1; write it again with this program.")
    }
    let capture = try member(top, "capture")
    let totals = try member(top, "totals")
    var figures = ReportFigures()
    figures.segments = try count(capture, "segments")
    figures.connections = try count(totals, "connections")
    figures.unanswered = try count(totals, "unanswered")
    figures.retransmissions = try count(totals, "retransmissions")
    figures.payloadBytes = try count(totals, "payload_bytes")
    if let first = capture["first_time_seconds"]?.float, let last = capture["last_time_seconds"]?.float {
      let seconds = last - first
      figures.duration = seconds > 0 && seconds < 9e9 ? Int64(seconds * 1e9) : 0
    }
    let findings = try list(top, "findings")
    for finding in findings { figures.add(try entry(finding)) }
    figures.unlisted = Int(clamping: try count(totals, "findings")) - findings.count
    return figures
  }

  private static func entry(_ node: Node) throws(ReportReaderError) -> ReportFigures.Entry {
    let word = try string(node, "severity")
    guard let severity = Severity.allCases.first(where: { $0.name == word }) else {
      throw ReportReaderError(
        description: "A finding has the unknown severity '\(word)'; write it again with this program.")
    }
    var ends: [(client: String, server: String)] = []
    for connection in try list(node, "connections") {
      if let client = connection["client"]?.string, let server = connection["server"]?.string {
        ends.append((client, server))
      }
    }
    let hosts = try list(node, "hosts").compactMap(\.string)
    var measure: Measure?
    if let first = try list(node, "measures").first, let value = first["value"]?.float, value.isFinite {
      measure = Measure(try string(first, "name"), value, first["unit"]?.string ?? "")
    }
    return ReportFigures.Entry(
      rule: try string(node, "rule"), title: try string(node, "title"),
      isQuality: try string(node, "family") == Rule.Family.captureQuality.rawValue,
      place: ReportFigures.place(ends, hosts), severity: severity, measure: measure)
  }
}

/// Members of nodes, all of which must be there.
extension ReportReader {
  private static func member(_ node: Node, _ name: String) throws(ReportReaderError) -> Node {
    guard let value = node[name] else {
      throw ReportReaderError(
        description: "It is no JSON report of this program, for '\(name)' is missing; write one with -o report.json.")
    }
    return value
  }

  private static func string(_ node: Node, _ name: String) throws(ReportReaderError) -> String {
    guard let text = try member(node, name).string else { throw wrong(name) }
    return text
  }

  private static func number(_ node: Node, _ name: String) throws(ReportReaderError) -> Int {
    // Yams would take numbers with colons for base 60, and trap where they are too large.
    guard let text = try member(node, name).scalar?.string, let value = Int(text) else { throw wrong(name) }
    return value
  }

  private static func count(_ node: Node, _ name: String) throws(ReportReaderError) -> UInt64 {
    guard let value = UInt64(exactly: try number(node, name)) else { throw wrong(name) }
    return value
  }

  private static func list(_ node: Node, _ name: String) throws(ReportReaderError) -> [Node] {
    guard let sequence = try member(node, name).sequence else { throw wrong(name) }
    return Array(sequence)
  }

  private static func wrong(_ name: String) -> ReportReaderError {
    ReportReaderError(
      description: "It is no JSON report of this program, for '\(name)' is not what it should be; write one with "
        + "-o report.json.")
  }
}
