import Detection
import Frames
import Triage

/// How far the capture can be trusted: one row of marks, and a line that opens for each defect.
extension HTMLReport {
  static func quality(_ digest: Digest) -> (html: HTML, anchors: Set<String>) {
    let capture = digest.report.capture
    let (cards, shown) = cards(digest.quality, digest, budget: qualityBudget, card: slimCard)
    let anchors = Set(digest.quality.prefix(shown).map(\.id))
    var parts = [digest.hasChecks ? marks(digest, anchors) : "<p class=\"quiet\">No checks were made.</p>\n"]
    if !capture.source.problems.isEmpty {
      let items = capture.source.problems.prefix(20).map { problem in
        "<li><b>\(problem.kind.rawValue)</b>: \(problem.sentence)</li>" as HTML
      }
      parts.append("<ul class=\"problems\">\(items)</ul>\n")
    }
    parts.append(cards)
    return (HTML(parts), anchors)
  }

  private static func marks(_ digest: Digest, _ anchors: Set<String>) -> HTML {
    let items = digest.marks.map { mark -> HTML in
      let kind = severityClass(mark.severity)
      let words: HTML = "\(mark.words, limit: 140)"
      let link = mark.finding.flatMap { anchors.contains($0) ? "<a href=\"#f-\($0)\">\(words)</a>" as HTML : nil }
      let level: HTML = mark.severity.map { "<span class=\"\(kind)\">\($0.name)</span>" } ?? .nothing
      return "<li><span class=\"\(kind)\">\(shape(mark.severity))</span>\(link ?? words)\(level)</li>\n"
    }
    return "<ul class=\"marks\" aria-label=\"Checks of the capture\">\n\(items)</ul>\n"
  }
}
