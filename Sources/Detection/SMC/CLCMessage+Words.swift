import Dissection

extension CLCMessage {
  /// One line on the message for an evidence frame.
  var words: String {
    let head = "CLC \(kind.name), version \(header.version)"
    let text: String
    switch body {
    case .proposal(let fields): text = fields.words
    case .accept(let fields): text = fields.words
    case .decline(let fields): text = fields.words
    }
    return head + (text.isEmpty ? "" : ": " + text) + (isCut ? " (cut by the snap length)" : "")
  }
}

extension CLCProposal {
  /// The modes on offer, `nothing` when there is none.
  var modes: String {
    let parts = [modesV1.words("v1"), modesV2.words("v2")].filter { !$0.isEmpty }
    return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
  }

  fileprivate var words: String {
    var parts = ["offers \(modes)"]
    if !prefixes.isEmpty { parts.append("prefix " + prefixes.map(\.description).joined(separator: ", ")) }
    if let version2 {
      parts.append("release 2.\(version2.release)")
      if version2.identifiers.isEmpty { parts.append("no enterprise ID") }
      parts += version2.identifiers.map { "enterprise ID \($0)" }
      if version2.hasSystemID, let id = version2.systemID { parts.append("system enterprise ID \(id)") }
    }
    return parts.joined(separator: "; ")
  }
}

extension CLCAccept {
  fileprivate var words: String {
    var parts: [String] = []
    switch end {
    case .r(let end)?:
      parts = ["SMC-R", "GID \(end.gid)", "buffer \(end.bufferSize / 1024) KiB", "MTU \(end.mtu)"]
    case .d(let end)?: parts = ["SMC-D", "buffer \(end.bufferSize / 1024) KiB"]
    case nil: return ""
    }
    if isFirstContact { parts.append("first contact") }
    if let identifier, !identifier.isZero { parts.append("enterprise ID \(identifier)") }
    if let peer = firstContact { parts.append("host \(peer.hostName), \(peer.system), release 2.\(peer.release)") }
    return parts.joined(separator: "; ")
  }
}

extension CLCDecline {
  fileprivate var words: String {
    let name = DeclineCode.known(code).map { "\($0.name), \($0.words)" } ?? "not a code of Linux"
    let sender = system.rawValue == 0 ? "" : "; sender runs \(system)"
    return "\(DeclineCode.text(code)) (\(name))\(outOfSync ? "; out of sync" : "")\(sender)"
  }
}
