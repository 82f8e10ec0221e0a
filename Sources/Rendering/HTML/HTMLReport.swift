import Detection
import Frames
import Triage

/// The report as one HTML file: no network, works without script, on paper, in the dark and with a keyboard.
package struct HTMLReport: Renderer {
  package static let name = "html"
  package static let extensions = ["html", "htm"]

  /// A report is mailed and opened on phones: 2 MB at most, shared out among its parts.
  static let limit = 2_000_000
  /// Bytes of finding cards; what goes beyond stands in a short table.
  static let cardBudget = 900_000
  /// Bytes of capture-quality cards.
  static let qualityBudget = 150_000
  /// Bytes of the table of findings without a card.
  static let lesserBudget = 150_000
  /// Bytes of the connections table.
  static let connectionBudget = 550_000
  /// Bytes of any other table.
  static let tableBudget = 60_000

  package init(_ options: RenderingOptions) {}

  package func render(_ report: Report, to sink: inout some ByteSink & ~Copyable) {
    var digest = Digest(report)
    digest.gallery = Gallery(digest)
    let sections: [(id: HTML, title: HTML, body: HTML)] = [
      ("quality", "Capture quality", Self.quality(digest)),
      ("findings", "Findings", Self.findings(digest)),
      ("timeline", "Timeline", TimelinePicture(digest)?.html ?? .nothing),
      ("connections", "Connections", Self.connections(digest)),
      ("smc", "SMC ledger", Self.ledger(digest)),
      ("questions", "What to ask the customer", Self.questions(digest)),
      ("method", "Method", Self.method(digest)),
    ].filter { !$0.2.text.isEmpty }
    let links = sections.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" as HTML }
    sink.write(Self.top(digest, links).text)
    for section in sections {
      let part: HTML = """
        <section id="\(section.id)" aria-labelledby="\(section.id)-title">
        <h2 id="\(section.id)-title">\(section.title)</h2>
        \(section.body)
        </section>

        """
      sink.write(part.text)
    }
    sink.write(Self.bottom(digest).text)
  }

  private static func top(_ digest: Digest, _ links: [HTML]) -> HTML {
    let isBlind = digest.report.capture.segments == 0 || digest.isBlind
    let worst = digest.problems.map(\.finding.severity).max() ?? (isBlind ? .warning : nil)
    let files = digest.report.capture.fileWords
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <title>TCP triage of \(files)</title>
      <style>
      \(HTMLStyle.sheet)\(PictureStyle.sheet)</style>
      </head>
      <body>
      <a class="skip" href="#findings">Skip to the findings</a>
      <header class="top"><div class="wrap">
      <p class="brand"><b>tcptriage</b> &middot; \(files)</p>
      <h1><span class="\(severityClass(worst))">\(shape(worst))</span><span>\(digest.verdict, limit: 2_000)</span></h1>
      \(facts(digest))
      <nav aria-label="Sections"><ul>\(links)</ul></nav>
      </div></header>
      <main class="wrap">

      """
  }

  private static func facts(_ digest: Digest) -> HTML {
    let capture = digest.report.capture
    let totals = digest.report.totals
    return """
      <dl class="facts">
      <div><dt>Captured</dt><dd>\(capture.timeWords)</dd></div>
      <div><dt>Frames</dt><dd>\(Quantity.count(capture.frames))</dd></div>
      <div><dt>TCP segments</dt><dd>\(Quantity.count(capture.segments))</dd></div>
      <div><dt>Connections</dt><dd>\(Quantity.count(totals.connections))</dd></div>
      <div><dt>Size</dt><dd>\(capture.sizeWords)</dd></div>
      <div><dt>Format</dt><dd>\(capture.formatWords)</dd></div>
      </dl>
      """
  }

  private static func bottom(_ digest: Digest) -> HTML {
    """
    <footer><p>Made by tcptriage \(digest.report.method.version, limit: 60). Times are UTC; +seconds count from the first
    frame. Frame numbers are those of Wireshark; of several files, those of the merged capture, with the file and its own number beside them. No payload is part of this report.</p></footer>
    </main>
    <script>
    \(HTMLScript.text)\(HTMLZoom.text)</script>
    </body>
    </html>

    """
  }

  private static func quality(_ digest: Digest) -> HTML {
    let capture = digest.report.capture
    var parts: [HTML] = []
    if !capture.source.problems.isEmpty {
      let items = capture.source.problems.prefix(20).map { problem in
        "<li><b>\(problem.kind.rawValue)</b>: \(problem.sentence)</li>" as HTML
      }
      parts.append("<ul class=\"problems\">\(items)</ul>")
    }
    if digest.worstDefect == nil, !capture.quality.isEmpty {
      parts.append("<p class=\"ok\">\(shape(nil)) <b>Complete and clean.</b></p>\n")
    }
    parts.append(cards(digest.quality, digest, budget: qualityBudget, card: slimCard).html)
    parts.append("<p class=\"quiet\">\(digest.passedChecks, limit: 4_000)</p>\n")
    return HTML(parts)
  }
}
