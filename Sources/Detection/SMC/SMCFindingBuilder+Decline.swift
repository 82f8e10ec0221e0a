import Dissection
import Tracking

extension SMCFindingBuilder {
  func declined(_ code: UInt32, _ fromClient: Bool, _ inference: SMCInference?) -> Finding {
    let text = DeclineCode.text(code)
    let known = DeclineCode.known(code)
    let name = known.map { "\($0.name): \($0.words)" } ?? "a code that Linux does not have"
    let subject =
      fromClient
      ? "\(client) declined SMC towards \(server)" : "Server \(server) declined the SMC offer of \(place.client)"
    let conclusion = inference.map { "; " + sentence($0) } ?? ""
    var finding = Finding(
      SMCRules.declined, .warning, isSure(inference) ? .certain : .likely,
      proof: isSure(inference) ? .proven : .inferred,
      summary: "\(subject)\(often) with \(text) (\(name))\(conclusion). The connection goes on over TCP.")
    finding.cause = inference.map { "\(text)-\($0.key)" } ?? text
    finding.caveats = caveats(code, inference)
    finding.nextSteps = steps(code, fromClient, inference)
    finding.remedy = remedy(inference) ?? known?.remedy ?? "Look the code up in the documentation of the peer's system."
    return finding
  }

  /// What the bytes prove by themselves, and what is a conclusion from how Linux works.
  private func isSure(_ inference: SMCInference?) -> Bool {
    switch inference {
    case nil, .subnetMismatch?, .prefixLength?: true
    default: false
    }
  }

  private func sentence(_ inference: SMCInference) -> String {
    let offer = group.sample?.proposal?.message.proposal
    let names = offer?.version2?.identifiers.map(\.description).joined(separator: ", ") ?? ""
    switch inference {
    case .identifierMismatch:
      return "the client offered SMC-Rv2 with enterprise ID \(names), which the server most likely does not have (a "
        + "mismatch has no code of its own)"
    case .identifierMatchedNoDevice:
      return "the enterprise IDs matched, but the server has no RoCEv2 device or route for the client"
    case .noCommonDevice: return "no ISM device in common; enterprise IDs were not compared yet"
    case .ipv6WithoutVersion2:
      return "the connection runs over IPv6, where Linux does not offer SMC-Rv2, so only version 1 was left"
    case .subnetMismatch: return "the server's address \(place.server.address) is outside of the client's \(prefixes)"
    case .prefixLength:
      return "the server's address is inside of the client's \(prefixes), so compare the prefix lengths on the server"
    case .clientWithoutIdentifier:
      return "the client offered no SMC-Rv2: it has no enterprise ID configured, or no RoCEv2 device"
    }
  }

  private var prefixes: String {
    let list = group.sample?.proposal?.message.proposal?.prefixes ?? []
    return list.map(\.description).joined(separator: ", ")
  }

  private func caveats(_ code: UInt32, _ inference: SMCInference?) -> [String] {
    var caveats: [String] = []
    let message = group.sample?.decline?.message
    if DeclineCode.known(code) == nil {
      let system = message?.decline?.system ?? PeerSystem(rawValue: 0)
      caveats.append("Code of a non-Linux peer (system: \(system)); its meaning is not public.")
    }
    if message?.header.version == 1, inference == nil, let old = DeclineCode.meaning2017(code) {
      caveats.append("Kernels 4.11 to 4.16 use this number for: \(old).")
    }
    if inference == .identifierMismatch {
      caveats.append("Kernels before late 2023 also answer 0x03030000 when version 1 failed at the IP prefix.")
    }
    if inference == .prefixLength || inference == .subnetMismatch,
      group.sample?.proposal?.message.proposal?.modesV2.hasR == true
    {
      caveats.append("SMC-Rv2 was offered too and failed first: no enterprise ID in common, or no version 2 there.")
    }
    if let offer = group.sample?.proposal?.message.proposal, !offer.prefixes.isEmpty,
      !offer.prefixes.contains(where: { $0.contains(place.client) })
    {
      caveats.append("The client's own address lies outside of the prefix that it proposed: address translation?")
    }
    return caveats
  }

  private func steps(_ code: UInt32, _ fromClient: Bool, _ inference: SMCInference?) -> [NextStep] {
    let text = DeclineCode.text(code)
    let sender = fromClient ? "client" : "server"
    var steps: [NextStep] = []
    if inference == .identifierMismatch || inference == .clientWithoutIdentifier {
      steps.append(NextStep("smcr ueid show", tells: "on both hosts: the enterprise IDs; one must be on both"))
    }
    if let known = DeclineCode.known(code) {
      steps.append(NextStep(known.command.line, tells: "on the \(sender): \(known.command.tells)"))
    }
    steps.append(
      NextStep("smcss -a", tells: "TCP \(text) on the \(sender), TCP 0x05000000/\(text) on the other side confirm it"))
    return steps
  }

  private func remedy(_ inference: SMCInference?) -> String? {
    switch inference {
    case .identifierMismatch?: "Give both hosts the same enterprise ID: smcr ueid add NAME."
    case .clientWithoutIdentifier?: "Add an enterprise ID on the client (smcr ueid add NAME) and check its RoCE device."
    case .ipv6WithoutVersion2?:
      "Use IPv4 for this connection. For IPv4 through AF_INET6 sockets Alibaba Cloud Linux needs kernel 5.10.134-17.3 "
        + "or later."
    case .identifierMatchedNoDevice?: "Give the server a RoCEv2 device with a route to the client's RoCE address."
    case .subnetMismatch?:
      "Put both hosts into one subnet with one netmask, or use SMCv2, which is routable: smcr ueid add NAME on both."
    default: nil
    }
  }

  func rdmaPathBroken(_ code: UInt32, _ fromClient: Bool) -> Finding {
    let text = DeclineCode.text(code)
    let words = DeclineCode.known(code)?.words ?? "timeout on the RDMA side"
    let who = fromClient ? "the client" : "the server"
    var finding = Finding(
      SMCRules.rdmaPathBroken, .warning, .certain, proof: .proven,
      summary: "SMC between \(place.client) and \(server)\(often): the handshake over TCP succeeded, "
        + "then \(who) declined with \(text) (\(words)): the RDMA path does not work.")
    finding.cause = text
    return finding
  }
}
