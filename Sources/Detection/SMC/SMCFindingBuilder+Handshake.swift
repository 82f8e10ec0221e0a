import Dissection
import Tracking

extension SMCFindingBuilder {
  func optionReplayed(_ replay: SMCPathology.Replay) -> Finding {
    let isCopied = group.common.contains(.optionsReplayed)
    let copy = isCopied ? " Its SYN-ACK repeats the SYN's option bytes, timestamps included." : ""
    let (cause, confidence, what): (String, Confidence, String) =
      switch replay {
      case .reply: ("server-not-smc", isCopied ? .certain : .likely, "answered the CLC Proposal with other bytes")
      case .spokeFirst: ("server-spoke-first", .certain, "sent application data before any CLC message")
      case .reset: ("reset-after-proposal", isCopied ? .likely : .possible, "reset the connection after the Proposal")
      }
    var finding = Finding(
      SMCRules.optionReplayed, .warning, confidence,
      proof: confidence == .certain ? .proven : .inferred,
      summary: "Server \(server) accepted the SMC offer of \(place.client)\(often) but then \(what): "
        + "it does not speak SMC and echoes the option.\(copy)")
    finding.cause = cause
    if replay == .reset {
      finding.caveats = ["The server may speak SMC and have failed for another reason."]
    } else if !isCopied {
      finding.caveats = ["A device on the way may have added the option to the SYN-ACK instead of the server."]
    }
    return finding
  }

  func clcSkipped() -> Finding {
    var finding = Finding(
      SMCRules.optionReplayed, .notice, .possible, proof: .inferred,
      summary: "\(client) and \(server) agreed on SMC\(often), but the client sent application data instead of a CLC "
        + "message: an option that a middlebox added, or a fallback without a Decline.")
    finding.cause = "client-skipped-clc"
    finding.caveats = ["Where the server really speaks SMC, it ends such a connection (EPROTO)."]
    return finding
  }

  func clcTimeout(_ wait: SMCPathology.Wait) -> Finding {
    let (cause, what): (String, String) =
      switch wait {
      case .accept: ("no-accept", "the server never answered the CLC Proposal")
      case .confirm: ("no-confirm", "the client never confirmed the server's CLC Accept")
      case .proposal: ("proposal-missing", "the client never sent a CLC Proposal")
      case .acceptQueue: ("accept-queue-full", "the server repeated its SYN-ACK and never took the CLC Proposal")
      }
    var finding = Finding(
      SMCRules.clcTimeout, .warning, wait == .accept || wait == .confirm ? .certain : .likely, proof: .proven,
      summary: "SMC between \(place.client) and \(server)\(often) was agreed, but \(what), "
        + "and the connection was ended; silence does not fall back to TCP.")
    finding.cause = cause
    switch wait {
    case .accept:
      if group.common.contains(.proposalRepeated) {
        finding.caveats.append("The Proposal was retransmitted: it may not have reached the server at all.")
      }
      finding.caveats.append("A server that echoes the option without speaking SMC looks the same while it is silent.")
    case .acceptQueue: finding.remedy = "Raise the listener's backlog: listen(), net.core.somaxconn."
    case .proposal: finding.caveats.append("The client program may have been stopped or crashed in between.")
    case .confirm: break
    }
    return finding
  }

  func clcMalformed(_ key: String) -> Finding {
    var finding = Finding(
      SMCRules.clcMalformed, .warning, .certain, proof: .proven,
      summary: "SMC between \(place.client) and \(server)\(often): \(malformedWords); Linux ends such a connection.")
    finding.cause = key
    return finding
  }

  private var malformedWords: String {
    guard let sample = group.sample else { return "a CLC message is malformed" }
    if let (fault, kind, fromClient) = sample.fault {
      let name = kind.map { "CLC \($0.name)" } ?? "CLC message"
      return "the \(fromClient ? "client" : "server")'s \(name) is malformed: \(fault.words)"
    }
    switch sample.violation {
    case .mode(let isD, let version)?:
      return "the server's CLC Accept chose \(isD ? "SMC-D" : "SMC-R")v\(version), which the client had not offered"
    case .identifier(let name)?:
      return "the server's CLC Accept names enterprise ID \(name), which the client had not offered"
    case nil: return "a CLC message is malformed"
    }
  }

  func established(_ isD: Bool) -> Finding {
    let mode = isD ? "SMC-D" : "SMC-R"
    let carrier = isD ? "shared memory" : "RDMA"
    let version = group.sample?.confirm.map { "v\($0.message.header.version)" } ?? ""
    var finding = Finding(
      SMCRules.established, .info, isAged || isD ? .certain : .likely, proof: .proven,
      summary: "\(place.client) and \(server) use \(mode)\(version)\(often): data moves through \(carrier) and is "
        + "invisible here; the TCP connection's silence is normal.")
    finding.cause = isD ? "smc-d" : "smc-r"
    if !isAged, !isD {
      finding.caveats = ["The capture shows less than 3 s after the handshake; an RDMA timeout could still follow."]
    }
    if let identifier = group.sample?.vendorIdentifier {
      let text = DeclineCode.text(identifier)
      finding.caveats.append("The hosts use another option identifier than SMC's own: \(text).")
    }
    return finding
  }

  /// Whether the first connection was seen long enough for the RDMA side's timeout to show.
  private var isAged: Bool {
    guard let confirm = group.sample?.confirm else { return false }
    let isClosed = group.sample?.facts.contains(.closed) == true
    return isClosed || group.lastTime &- confirm.segment.time >= 3_000_000_000
  }

  /// One finding for a client whose offers went to many listeners that never answer anybody.
  static func manyListeners(_ client: IPAddress, _ list: [(SMCPlace, SMCGroup)]) -> Finding {
    var group = SMCGroup()
    for (_, part) in list { group.merge(part) }
    var finding = Finding(
      SMCRules.notAnswered, .warning, .certain, proof: .proven,
      summary: "Client \(client) offered SMC to \(list.count) listeners on \(counted(group.count)), "
        + "none of which took it up; the client falls back to TCP (smcss shows 0x03010000).")
    finding.cause = "not-smc"
    finding.place(group)
    finding.hosts = [client.description] + list.prefix(SMCGroup.mostConnections).map(\.0.server.description)
    finding.measures = [
      Measure("connections", Double(group.count)), Measure("listeners", Double(list.count)),
      Measure("offered", Double(group.count)), Measure("answered", 0),
    ]
    finding.caveats = [
      "So many different listeners suggest that the client offers SMC to everything (net.smc.tcp2smc=1), "
        + "also to servers that were never meant to take it."
    ]
    return finding
  }
}
