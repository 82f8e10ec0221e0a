import Detection
import Triage

/// The formats of a comparison.
package enum ComparisonFormat: String, Sendable, CaseIterable {
  case text, markdown, json

  /// The format that a file's extension names, nil for another one.
  package init?(file path: String) {
    switch fileExtension(of: path) {
    case "txt": self = .text
    case "md", "markdown": self = .markdown
    case "json": self = .json
    default: return nil
    }
  }
}

/// Turns a comparison into bytes: the same bytes for the same comparison.
package enum ComparisonReport {
  /// Two points of the same traffic.
  package static func bytes(
    _ comparison: PointComparison, names: [String], format: ComparisonFormat, _ options: RenderingOptions
  ) -> [UInt8] {
    let page = PointPage(comparison: comparison, names: shortened(names))
    switch format {
    case .text: return Array(page.page.terminal(options).utf8)
    case .markdown: return Array(page.page.markdown(title: "The same traffic at two points").utf8)
    case .json: return PointPage(comparison: comparison, names: names).json()
    }
  }

  /// The last part of each path; as much more as is needed to tell two of the same name apart.
  static func shortened(_ names: [String]) -> [String] {
    let parts = names.map { $0.split(separator: "/").map(String.init) }
    for count in 1...4 {
      let short = parts.map { $0.suffix(count).joined(separator: "/") }
      if Set(short).count == short.count { return short.map { TerminalText.fitMiddle(Visible.text($0), 40) } }
    }
    return names.count == 2 ? ["BEFORE", "AFTER"] : names
  }
}

extension ComparisonReport {
  /// Different traffic, before and after; `remark` says why it was not taken for the same.
  package static func bytes(
    _ comparison: ReportComparison, names: [String], remark: String?, format: ComparisonFormat,
    _ options: RenderingOptions
  ) -> [UInt8] {
    let page = ChangePage(comparison: comparison, names: shortened(names), remark: remark)
    switch format {
    case .text: return Array(page.page.terminal(options).utf8)
    case .markdown: return Array(page.page.markdown(title: "Before and after").utf8)
    case .json: return ChangePage(comparison: comparison, names: names, remark: remark).json()
    }
  }
}
