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
  static let cardBudget = 800_000
  /// Bytes of capture-quality cards.
  static let qualityBudget = 120_000
  /// Bytes of the table of findings without a card.
  static let lesserBudget = 120_000
  /// Bytes of the connections table.
  static let connectionBudget = 500_000
  /// Bytes of any other table.
  static let tableBudget = 45_000

  package init(_ options: RenderingOptions) {}

  package func render(_ report: Report, to sink: inout some ByteSink & ~Copyable) {
    var digest = Digest(report)
    digest.gallery = Gallery(digest)
    let (quality, defects) = Self.quality(digest)
    let (findings, listed) = Self.findings(digest)
    let sections: [(id: HTML, title: HTML, body: HTML)] = [
      ("quality", "Capture quality", quality),
      ("findings", "Findings", findings),
      ("timeline", "Timeline", TimelinePicture(digest)?.html ?? .nothing),
      ("connections", "Connections", Self.connections(digest, listed.union(defects))),
      ("hosts", "Hosts", Self.hosts(digest)),
      ("listeners", "Listeners", Self.listeners(digest)),
      ("smc", "SMC ledger", Self.ledger(digest)),
      ("statistics", "Protocols and options", Self.statistics(digest)),
      ("counters", "Kernel counters", HTML([Self.counterComparison(digest), Self.counters(digest)])),
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
    let problems = (digest.problems + digest.quality.filter { $0.finding.severity >= .warning }).map(\.finding.severity)
    let worst = problems.max() ?? (digest.report.capture.segments == 0 ? .warning : nil)
    let files = digest.report.capture.fileWords
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="referrer" content="no-referrer">
      <title>TCP triage of \(files)</title>
      <style>
      \(HTMLStyle.sheet)\(PictureStyle.sheet)</style>
      </head>
      <body>
      <a class="skip" href="#report">Skip to the report</a>
      <header class="top"><div class="wrap">
      <p class="brand"><b>tcptriage</b> &middot; \(files)</p>
      <h1><span class="\(severityClass(worst))">\(shape(worst))</span><span>\(digest.verdict, limit: 2_000)</span></h1>
      \(facts(digest))
      <nav aria-label="Sections"><ul>\(links)</ul></nav>
      </div></header>
      <main class="wrap" id="report" tabindex="-1">

      """
  }

  /// No request to anywhere, and no script but our own: markup that slipped through would do nothing.
  private static let policy: HTML = """
    default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-\(SHA256.base64(HTMLScript.text.text))&#39;; \
    base-uri &#39;none&#39;; form-action &#39;none&#39;
    """

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
    </main>
    <footer class="wrap"><p>Made by tcptriage \(digest.report.method.version, limit: 60). Times are UTC; +seconds count from the first
    frame. Frame numbers are those of Wireshark; of several files, those of the merged capture, with the file and its own number beside them. No payload is part of this report.</p></footer>
    <script>\(HTMLScript.text)</script>
    </body>
    </html>

    """
  }
}
