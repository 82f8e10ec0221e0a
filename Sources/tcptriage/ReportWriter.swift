import Rendering
import Triage

/// Writes one report to standard output and to files.
struct ReportWriter {
  var report: Report
  /// All connections, when JSON is to list them all.
  var connections: ConnectionSpool?
  var options: RenderingOptions

  /// Writes the report in the format that the file's extension names.
  func write(toFile path: String) throws(Stop) {
    guard let renderer = renderer(forFile: path) else { return }
    var plain = RenderingOptions()
    plain.height = options.height
    try OutputFile.write(path) { sink in render(renderer, plain, to: &sink) }
  }

  /// Prints the report after `separator`.
  func print(_ renderer: any Renderer.Type, separator: String = "") throws(Stop) {
    try Console.output { sink in
      sink.write(separator)
      render(renderer, options, to: &sink)
    }
  }

  private func render(_ renderer: any Renderer.Type, _ options: RenderingOptions, to sink: inout DescriptorSink) {
    if renderer == JSONReport.self, let connections {
      JSONReport.write(report, splicing: connections.count, to: &sink) { connections.copy(to: &$0) }
    } else {
      renderer.init(options).render(report, to: &sink)
    }
  }

  /// `report.html` for the capture `trace`: `report.trace.html`.
  static func path(_ path: String, for name: String) -> String {
    guard let dot = path.lastIndex(of: ".") else { return "\(path).\(name)" }
    return "\(path[..<dot]).\(name)\(path[dot...])"
  }
}

/// Names for the reports of single files: the file's own, with a number where two have the same.
struct ReportNames {
  private var used: [String: Int] = [:]

  mutating func name(for path: String) -> String {
    let name = path == "-" ? "stdin" : path.split(separator: "/").last.map(String.init) ?? "capture"
    let count = (used[name] ?? 0) + 1
    used[name] = count
    return count == 1 ? name : "\(name)-\(count)"
  }
}
