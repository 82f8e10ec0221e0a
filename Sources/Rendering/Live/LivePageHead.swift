import Detection
import Frames
import Triage

/// The head of the page: what is captured, how fast, and what was lost.
extension LivePage {
  func addHead(_ snapshot: LiveSnapshot, _ state: LivePageState, to text: inout TerminalText) {
    let running = LiveWords.age(Moment.elapsed(from: snapshot.started, to: snapshot.time))
    let status = state.isPaused ? " PAUSED " : ""
    let filter = snapshot.report.method.filter
    let names = snapshot.interfaceWords + (filter.isEmpty ? "" : " · \(filter)")
    let room = columns - Self.label - TerminalText.columns(running) - TerminalText.columns(status) - 3
    text.line([
      ("live     ", .bold), (Self.cell(names, room), snapshot.interfaces.allSatisfy(\.isUp) ? .bold : .red),
      (" ", .plain), (status, .reverse), ("  " + running, .plain),
    ])
    addRates(snapshot, to: &text)
    let isWhole = snapshot.dropped == 0
    let frames = " of \(Quantity.count(snapshot.report.capture.frames, "frame"))"
    text.line([
      ("Capture  ", .dim), (snapshot.dropWords, isWhole ? .green : .red),
      (isWhole ? frames : ": findings are less sure", .plain),
    ])
  }

  private func addRates(_ snapshot: LiveSnapshot, to text: inout TerminalText) {
    let second = snapshot.lastSecond
    let frames = Self.cell(LiveWords.number(second.perSecond(second.frames)), 9, right: true)
    let bits = Self.cell(LiveWords.bits(bytesPerSecond: second.perSecond(second.bytes)), 12, right: true)
    let open = Self.cell(Quantity.count(snapshot.openConnections), 9, right: true)
    let noun = columns < 70 ? "in memory" : "\(snapshot.openConnections == 1 ? "connection" : "connections") in memory"
    text.line([("Traffic  ", .dim), ("\(frames) frames/s \(bits) \(open) \(noun)", .plain)])
  }

  func addWriting(_ snapshot: LiveSnapshot, to text: inout TerminalText) {
    guard let writing = snapshot.writing else { return }
    if !writing.failure.isEmpty {
      let lost = writing.lostFrames > 0 ? "\(Quantity.count(writing.lostFrames, "frame")) lost: " : ""
      return text.line([("Writing  ", .dim), (lost + writing.failure, .red)])
    }
    let lost = writing.lostFrames > 0 ? ", \(Quantity.count(writing.lostFrames)) lost" : ""
    let amount =
      "\(Quantity.count(writing.files, "file")), \(Quantity.count(writing.frames, "frame")), "
      + Quantity.bytes(writing.bytes)
    let room = max(8, columns - Self.label - TerminalText.columns(amount + lost) - 2)
    let directory = TerminalText.fitMiddle(Visible.text(writing.directory), room)
    text.line([("Writing  ", .dim), ("\(directory)  \(amount)", .plain), (lost, .red)])
  }

  /// One sign for each second, the newest at the right edge, so that the picture moves to the left.
  func addThroughput(_ snapshot: LiveSnapshot, to text: inout TerminalText) {
    let note = 22
    let room = columns - Self.label - note
    let seconds = snapshot.history.suffix(room)
    let rates = seconds.map { $0.perSecond($0.bytes) }
    let picture = Sparkline.line(rates)
    let most = LiveWords.bits(bytesPerSecond: rates.max() ?? 0)
    text.line([
      ("Bytes/s  ", .dim), (Self.cell(picture, room, right: true), .blue), ("  up to \(most)", .dim),
    ])
  }

  func addRemarks(_ snapshot: LiveSnapshot, rows: Int, to text: inout TerminalText) {
    for (index, remark) in snapshot.remarks.suffix(rows).enumerated() {
      text.line([(index == 0 ? "Note     " : "         ", .dim), (remark, .yellow)])
    }
  }
}
