import Detection

/// Shapes and words of severities: an octagon, a triangle, a diamond, a circle and a tick, so that colour is never alone.
extension HTMLReport {
  /// CSS class; `ok` for a passed check.
  static func severityClass(_ severity: Severity?) -> HTML {
    switch severity {
    case .critical: "critical"
    case .warning: "warning"
    case .notice: "notice"
    case .info: "info"
    case nil: "ok"
    }
  }

  /// The shape; the word stands beside it, so it is silent for screen readers.
  static func shape(_ severity: Severity?) -> HTML {
    switch severity {
    case .critical: svg("M5 0h6l5 5v6l-5 5H5l-5-5V5zM7 3v6h2V3zm0 8v2h2v-2z")
    case .warning: svg("M8 0l8 15H0zM7 5v5h2V5zm0 6v2h2v-2z")
    case .notice: svg("M8 0l8 8-8 8-8-8zM7 4v5h2V4zm0 6v2h2v-2z")
    case .info: svg("M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zM7 3h2v2H7zm0 3h2v7H7z")
    case nil: svg("M6 14L0 8l2-2 4 4 8-8 2 2z")
    }
  }

  static func badge(_ severity: Severity) -> HTML {
    """
    <span class="badge b-\(severityClass(severity)) \(severityClass(severity))">\(shape(severity))\(severity.name)</span>
    """
  }

  private static func svg(_ path: HTML) -> HTML {
    """
    <svg class="shape" viewBox="0 0 16 16" aria-hidden="true"><path fill-rule="evenodd" d="\(path)"/></svg>
    """
  }
}
