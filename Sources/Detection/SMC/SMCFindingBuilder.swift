import Dissection
import Tracking

/// Puts one pathology of one place into words.
struct SMCFindingBuilder {
  let place: SMCPlace
  let pair: SMCPair
  let group: SMCGroup
  /// The listener answered an offer of any client in this capture.
  var listenerAnswers = false

  /// `Client 192.168.1.10`, the subject of most sentences.
  var client: String { "Client \(place.client)" }
  var server: String { "\(place.server)" }
  /// ` (on 500 connections)`, empty for one.
  var often: String { group.count == 1 ? "" : " (on \(counted(group.count)))" }

  /// The finding, complete.
  func finding(_ pathology: SMCPathology) -> Finding {
    var finding: Finding
    switch pathology {
    case .notAnswered(let silence): finding = notAnswered(silence)
    case .answeredNotOffered: finding = answeredNotOffered()
    case .declined(let code, let fromClient, let inference): finding = declined(code, fromClient, inference)
    case .rdmaPathBroken(let code, let fromClient): finding = rdmaPathBroken(code, fromClient)
    case .optionReplayed(let replay): finding = optionReplayed(replay)
    case .clcSkipped: finding = clcSkipped()
    case .clcTimeout(let wait): finding = clcTimeout(wait)
    case .clcMalformed(let key): finding = clcMalformed(key)
    case .established(let isD): finding = established(isD)
    }
    finding.hosts = [place.client.description, server]
    finding.place(group)
    finding.measures = [Measure("connections", Double(group.count))] + finding.measures
    finding.measures += [Measure("offered", Double(pair.offered)), Measure("answered", Double(pair.answered))]
    finding.cost.time = group.waited
    if group.waited > 0 {
      let seconds = Double(group.waited) / 1e9 / Double(group.count)
      finding.measures.append(Measure("mean-wait", seconds, "s"))
    }
    if group.common.contains(.cut) || group.sample?.messages.contains(where: \.message.isCut) == true {
      finding.caveats.append("The capture cut CLC messages (snap length); record with -s 0 to see them whole.")
    }
    return finding
  }

  // MARK: - The option

  private func notAnswered(_ silence: SMCPathology.Silence) -> Finding {
    switch silence {
    case .plain: return listenerAnswers ? limited() : notSMC()
    case .blanked: return stripped()
    case .ignoredForm: return ignoredForm()
    case .synRetriedWithout: return synDropped(isRetried: true)
    case .synUnanswered: return synDropped(isRetried: false)
    }
  }

  private func notSMC() -> Finding {
    let what = group.count == 1 ? "the server's SYN-ACK did not take it up" : "no SYN-ACK took it up"
    var finding = Finding(
      SMCRules.notAnswered, .warning, .certain, proof: .proven,
      summary: "\(client) offered SMC to \(server)\(often), \(what); the client falls back to TCP (smcss shows "
        + "0x03010000).")
    finding.cause = "not-smc"
    finding.caveats = [
      "Whether the server did not answer or a middlebox took the option out shows only in a capture at the server."
    ]
    return finding
  }

  private func limited() -> Finding {
    var finding = Finding(
      SMCRules.notAnswered, .warning, .likely, proof: .inferred,
      summary: "\(client) offered SMC to \(server), which answered some offers but not \(counted(group.count)): "
        + "SYN cookies or the limit of SMC handshakes, most likely; those fall back to TCP (0x03010000).")
    finding.cause = "limited-or-syncookie"
    finding.caveats = ["A load balancer in front of servers with and without SMC looks the same."]
    if pair.answered == 0 {
      finding.caveats.append("Only other clients were answered: this client's path may take the option out.")
    }
    finding.nextSteps = [
      SMCRules.cookies,
      NextStep(
        "sysctl net.smc.limit_smc_hs net.smc.limit_handshake net.ipv4.tcp_syncookies",
        tells: "on the server: whether SMC handshakes are limited under load, and SYN cookies allowed"),
      NextStep("ss -ltn", tells: "length and limit of the listener's accept queue"),
    ]
    finding.remedy =
      "Raise the listener's backlog (listen(), net.core.somaxconn, net.ipv4.tcp_max_syn_backlog) so that SYN cookies "
      + "stay off, or switch the limit of SMC handshakes off."
    return finding
  }

  private func stripped() -> Finding {
    var finding = Finding(
      SMCRules.notAnswered, .warning, .possible, proof: .inferred,
      summary: "\(client) offered SMC to \(server)\(often); where the answer would stand, "
        + "the SYN-ACK has eight or more NOPs in a row: a middlebox may have blanked it out.")
    finding.cause = "stripped"
    finding.caveats = ["NOPs alone prove nothing: some stacks pad generously. Compare captures of both ends."]
    finding.nextSteps = [SMCRules.options, SMCRules.fallback]
    finding.remedy = "Let the firewall or balancer on the path pass unknown TCP options (kind 254)."
    return finding
  }

  private func ignoredForm() -> Finding {
    var finding = Finding(
      SMCRules.notAnswered, .notice, .certain, proof: .proven,
      summary: "\(client) sent SMC's identifier to \(server)\(often) in a form that Linux ignores (kind 253 or an odd "
        + "length), and it was not answered.")
    finding.cause = "ignored-form"
    finding.remedy = "Update the client's SMC stack: Linux takes option kind 254 with an even length only."
    return finding
  }

  private func synDropped(isRetried: Bool) -> Finding {
    let tail =
      isRetried ? "the SYN repeated without it was answered" : "SYNs without it to the same listener are answered"
    var finding = Finding(
      SMCRules.notAnswered, .warning, isRetried ? .likely : .possible, proof: .inferred,
      summary: "\(client) offered SMC to \(server)\(often) and got no answer; \(tail): "
        + "something on the way may drop SYNs with the option.")
    finding.cause = "syn-dropped"
    finding.caveats = ["A listener that is down or overloaded leaves SYNs unanswered too."]
    finding.nextSteps = [SMCRules.options]
    finding.remedy = "Let firewalls and intrusion detection on the path pass TCP option kind 254."
    return finding
  }

  private func answeredNotOffered() -> Finding {
    var finding = Finding(
      SMCRules.answeredNotOffered, .notice, .likely, proof: .inferred,
      summary: "The SYN of \(place.client) to \(server)\(often) holds no SMC option, the SYN-ACK answers one: "
        + "the option was taken out on the way, or the capture shows one of two paths.")
    finding.caveats = ["With an asymmetric path the SYN that was captured is not the one that arrived."]
    return finding
  }
}
