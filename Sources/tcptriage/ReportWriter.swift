import Database
import Rendering
import Triage

/// Writes one report to standard output and to files.
struct ReportWriter {
  var report: Report
  /// All connections, when JSON is to list them all.
  var connections: ConnectionSpool?
  var options: RenderingOptions

  /// Writes all that was asked for; what cannot be written is said, and keeps nothing else from being written.
  func write(files: [String], database: String?, for name: String?) -> ExitStatus {
    var status = ExitStatus.success
    let named: (String) -> String = { path in name.map { Self.path(path, for: $0) } ?? path }
    let attempt: (() throws(Stop) -> Void) -> Void = { write in
      do throws(Stop) { try write() } catch {
        Console.complain(error.sentence ?? "")
        status = status.worse(error.status)
      }
    }
    for file in files { attempt { () throws(Stop) in try self.write(toFile: named(file)) } }
    if let database { attempt { () throws(Stop) in try write(toDatabase: named(database)) } }
    return status
  }

  private func write(toDatabase path: String) throws(Stop) {
    try OutputFile.replace(path) { (temporary) throws(Stop) in
      do throws(DatabaseError) { try ReportDatabase.write(report, to: temporary) } catch {
        throw Stop(.input, "\(path): \(error)")
      }
    }
  }

  /// Writes the report in the format that the file's extension names.
  private func write(toFile path: String) throws(Stop) {
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
