import Triage

/// What keys do.
extension LivePageState {
  /// More could not be read back on the smallest screen.
  private static let longestFilter = 40

  /// Does what `key` means on `page`, where `snapshot` is shown.
  package mutating func take(_ key: LiveKey, _ snapshot: LiveSnapshot, on page: LivePage) {
    if let draft = typing {
      type(key, draft)
    } else if !takeAnywhere(key) {
      switch view {
      case .overview: takeInOverview(key, snapshot, page)
      case .explanation: takeInExplanation(key, snapshot, page)
      // Any other key closes the help.
      case .help: view = .overview
      }
    }
  }

  private mutating func takeAnywhere(_ key: LiveKey) -> Bool {
    switch key {
    case .character("q"): wantsToQuit = true
    case .character("p"), .character(" "): isPaused.toggle()
    case .character("?") where view != .help, .character("h") where view != .help: view = .help
    default: return false
    }
    return true
  }

  private mutating func takeInOverview(_ key: LiveKey, _ snapshot: LiveSnapshot, _ page: LivePage) {
    switch key {
    case .up, .character("k"): select(snapshot, by: -1)
    case .down, .character("j"): select(snapshot, by: 1)
    case .pageUp: select(snapshot, by: -page.findingsShown)
    case .pageDown: select(snapshot, by: page.findingsShown)
    case .home: select(snapshot, by: -.max)
    case .end: select(snapshot, by: .max)
    case .enter, .character("e"):
      let findings = findings(snapshot)
      guard !findings.isEmpty else { return }
      selected = findings[selection(in: findings)].number
      (view, scroll) = (.explanation, 0)
    case .character("s"): order = order.next
    case .character("f"), .character("/"): typing = filter
    case .character("r"): (order, filter, selected) = (.harm, "", nil)
    case .escape: filter = ""
    default: break
    }
  }

  private mutating func takeInExplanation(_ key: LiveKey, _ snapshot: LiveSnapshot, _ page: LivePage) {
    let most = page.mostScroll(snapshot, self)
    switch key {
    case .up, .character("k"): scroll -= 1
    case .down, .character("j"): scroll += 1
    case .pageUp: scroll -= page.explanationRows
    case .pageDown: scroll += page.explanationRows
    case .home: scroll = 0
    case .end: scroll = most
    case .escape, .backspace, .enter, .character("e"): (view, scroll) = (.overview, 0)
    default: break
    }
    scroll = max(0, min(scroll, most))
  }

  private mutating func type(_ key: LiveKey, _ draft: String) {
    switch key {
    case .character(let character):
      // A letter may come with any number of marks.
      let room = Self.longestFilter - draft.unicodeScalars.count
      if character.unicodeScalars.count <= room { typing = draft + String(character) }
    case .backspace: typing = String(draft.dropLast())
    case .enter: (filter, typing) = (draft, nil)
    case .escape: (filter, typing) = ("", nil)
    default: break
    }
  }

  private mutating func select(_ snapshot: LiveSnapshot, by step: Int) {
    let findings = findings(snapshot)
    guard !findings.isEmpty else { return }
    let wanted = selection(in: findings).addingReportingOverflow(step)
    let index = wanted.overflow ? findings.count : wanted.partialValue
    selected = findings[max(0, min(index, findings.count - 1))].number
  }
}
