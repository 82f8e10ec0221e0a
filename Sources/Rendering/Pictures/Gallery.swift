import Detection
import Frames
import Triage

/// The pictures of a report's findings, drawn once, within a budget of bytes.
struct Gallery {
  /// Bytes of all pictures together; the rest of the findings' budget is for words.
  static let budget = 420_000
  /// Bytes of one finding's pictures.
  static let mostPerFinding = 110_000

  private let pictures: [String: HTML]

  init(_ digest: Digest) {
    var drawn: [String: HTML] = [:]
    var left = Self.budget
    for (finding, trace) in digest.report.pictures?.shown ?? [] {
      guard digest.report.findings.indices.contains(finding), let pictures = digest.report.pictures,
        pictures.traces.indices.contains(trace)
      else { continue }
      let entry = Digest.Entry(id: digest.id(of: finding), finding: digest.report.findings[finding])
      let figures = Self.figures(entry, pictures.traces[trace], digest, left: min(left, Self.mostPerFinding))
      left -= figures.text.utf8.count
      let note: HTML =
        figures.text.isEmpty
        ? "<p class=\"quiet\">The pictures above have used up the room for pictures.</p>\n" : .nothing
      drawn[entry.id] = figures + note
    }
    pictures = drawn
  }

  /// Pictures of a finding; nothing when it has none.
  subscript(id: String) -> HTML { pictures[id] ?? .nothing }

  /// As many pictures of a finding as fit, the most telling first.
  private static func figures(_ entry: Digest.Entry, _ trace: ConnectionTrace, _ digest: Digest, left: Int) -> HTML {
    var context = PictureContext(entry, trace, start: digest.start)
    var result: [HTML] = []
    var left = left
    for kind in entry.finding.rule.pictures {
      let drawings = drawings(kind, context)
      // A close-up stands beside the whole, whose rings have the names.
      if !drawings.isEmpty { context.hasNames = false }
      for drawing in drawings {
        let html = figure(drawing, "i-\(entry.id)-\(result.count)", digest)
        guard html.text.utf8.count <= left else { return HTML(result) }
        left -= html.text.utf8.count
        result.append(html)
      }
    }
    return HTML(result)
  }

  private static func drawings(_ kind: PictureKind, _ context: PictureContext) -> [Drawing] {
    switch kind {
    case .sequence: SequencePicture.drawings(context)
    case .closeUp: SequencePicture.closeUp(context)
    case .flight: FlightPicture.drawings(context)
    case .roundTrip: RoundTripPicture.drawings(context)
    case .timestamps: TimestampPicture.drawings(context)
    case .loop: LadderPicture.loop(context)
    case .handshake: LadderPicture.handshake(context)
    }
  }

  private static func figure(_ drawing: Drawing, _ id: String, _ digest: Digest) -> HTML {
    let memory: HTML =
      digest.report.pictures?.isFromMemory == true
      ? " Earlier packets are missing: the input could be read only once." : .nothing
    return """
      <figure class="fig"><figcaption>\(drawing.figure.title, limit: 300) \
      <span>\(drawing.figure.description)\(memory)</span></figcaption>
      <div class="scroll" tabindex="0" role="region" aria-label="\(drawing.figure.title, limit: 300)">\
      \(drawing.figure.html(id))</div>
      \(drawing.table.html(drawing.figure.title))
      </figure>

      """
  }
}
