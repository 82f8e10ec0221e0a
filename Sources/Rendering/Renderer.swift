import Triage

/// Turns a report into the bytes of one output format: a pure function, the same bytes for the same report.
package protocol Renderer: Sendable {
  /// The name that `--format` takes.
  static var name: String { get }
  /// File name extensions, lower case, without the dot; the first one is the usual one.
  static var extensions: [String] { get }

  /// A renderer for the place that the output goes to.
  init(_ options: RenderingOptions)

  /// Writes `report` to `sink`.
  ///
  /// - Complexity: O(length of the output), which every format but JSON bounds.
  func render(_ report: Report, to sink: inout some ByteSink & ~Copyable)
}

extension Renderer {
  /// The whole output in memory.
  package func bytes(_ report: Report) -> [UInt8] {
    var sink = MemorySink()
    render(report, to: &sink)
    return sink.bytes
  }

  /// The whole output as text.
  package func text(_ report: Report) -> String { String(decoding: bytes(report), as: UTF8.self) }
}

/// Every renderer, in the order in which help lists them; add yours here.
package let allRenderers: [any Renderer.Type] = [
  TerminalSummary.self, MarkdownReport.self, HTMLReport.self, JSONReport.self,
  NDJSONReport.self, CSVReport.self, SARIFReport.self,
]

/// The renderer that `--format` means, nil for an unknown name.
package func renderer(named name: String) -> (any Renderer.Type)? {
  allRenderers.first { $0.name == name.lowercased() }
}

/// The renderer for an output file by its extension, nil for an unknown one.
package func renderer(forFile path: String) -> (any Renderer.Type)? {
  fileExtension(of: path).flatMap { suffix in allRenderers.first { $0.extensions.contains(suffix) } }
}

/// The extension of a file's name in small letters, nil without one.
package func fileExtension(of path: String) -> String? {
  let file = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
  return file.lastIndex(of: ".").map { file[file.index(after: $0)...].lowercased() }
}

/// What the place of output asks for; only the terminal summary heeds it.
package struct RenderingOptions: Sendable {
  /// Columns of the terminal.
  package var width = 100
  /// Rows of the terminal; the summary leaves one of them for the prompt.
  package var height = 24
  /// Whether ANSI colours may be used.
  package var color = false
  /// Most findings to show; nil = as many as fit.
  package var maxFindings: Int?

  /// A plain 100 x 24 screen.
  package init() {}
}
