import Dissection

/// What packets say about a Decline beyond its code.
///
/// Linux has no code for a mismatch of enterprise IDs or for IPv6 without SMCv2. Derived from `net/smc/af_smc.c`.
package enum SMCInference: Hashable, Sendable {
  /// Version 2 SMC-R with enterprise IDs was offered, the server found "no device": no ID in common.
  case identifierMismatch
  /// The server got past the enterprise IDs, but has no RoCEv2 device or route.
  case identifierMatchedNoDevice
  /// No ISM device in common; the enterprise IDs were not compared yet.
  case noCommonDevice
  /// IPv6, where SMC-Rv2 is not offered, and version 1 has no device.
  case ipv6WithoutVersion2
  /// The server's address is outside of the client's prefixes.
  case subnetMismatch
  /// It is inside, so the prefix lengths or the server's own configuration must differ.
  case prefixLength
  /// The client offered version 2 without SMC-R: no enterprise ID is configured, or no RoCEv2 device.
  case clientWithoutIdentifier

  /// Key for programs.
  package var key: String {
    switch self {
    case .identifierMismatch: "ueid-mismatch"
    case .identifierMatchedNoDevice: "ueid-matched"
    case .noCommonDevice: "no-common-chid"
    case .ipv6WithoutVersion2: "ipv6-no-v2"
    case .subnetMismatch: "subnet-mismatch"
    case .prefixLength: "prefix-length"
    case .clientWithoutIdentifier: "client-no-ueid"
    }
  }
}

/// An Accept that does not fit the Proposal it answers.
package enum SMCViolation: Hashable, Sendable {
  /// The chosen mode and version were not on offer.
  case mode(isD: Bool, version: UInt8)
  /// The agreed enterprise ID was not on offer.
  case identifier(CLCName)
}

extension SMCAccount {
  /// Whether the connection runs over IPv6; nil when no segment is known.
  package var isIPv6: Bool? { (frames.first?.segment ?? messages.first?.segment).map { !$0.source.isV4 } }

  /// The server's address, nil when no segment is known.
  package var serverAddress: IPAddress? {
    if let frame = frames.first { return frame.fromClient ? frame.segment.destination : frame.segment.source }
    return messages.first.map { $0.fromClient ? $0.segment.destination : $0.segment.source }
  }

  /// What else can be told about the Decline; nil when it says all by itself.
  package var inference: SMCInference? {
    guard let decline, let code = decline.message.decline?.code, confirm == nil else { return nil }
    guard let proposal, let offer = proposal.message.proposal else {
      let isDeviceMissing = decline.fromClient && code == 0x0303_0000 && messages.count == 1
      return isDeviceMissing && isIPv6 == true ? .ipv6WithoutVersion2 : nil
    }
    guard !decline.fromClient else { return nil }
    if isIPv6 == true, code == 0x0303_0000, !offer.modesV2.hasR { return .ipv6WithoutVersion2 }
    // From here on the Proposal's contents count, so all of it must have been captured.
    guard !proposal.message.isCut else { return nil }
    let isRv2 = offer.modesV2.hasR && (offer.version2?.identifierCount ?? 0) > 0
    switch code {
    case 0x0303_0000 where isRv2: return .identifierMismatch
    case 0x0303_0002 where isRv2: return .identifierMatchedNoDevice
    case 0x0303_0007 where offer.modesV2.hasD: return .noCommonDevice
    case 0x0307_0000: return prefixInference(offer)
    case 0x0303_0000, 0x0303_0002, 0x0303_0008:
      let lacksR = proposal.message.header.version >= 2 && !offer.modesV2.hasR && isIPv6 == false
      return lacksR ? .clientWithoutIdentifier : nil
    default: return nil
    }
  }

  private func prefixInference(_ offer: CLCProposal) -> SMCInference? {
    guard let server = serverAddress, !offer.prefixes.isEmpty else { return nil }
    return offer.prefixes.contains { $0.contains(server) } ? .prefixLength : .subnetMismatch
  }

  /// How the Accept breaks the Proposal, nil when it does not or when not all of both was captured.
  package var violation: SMCViolation? {
    guard let offer = proposal?.message, let answer = accept?.message, !offer.isCut, !answer.isCut else { return nil }
    guard let modes = offer.proposal, let chosen = answer.accept, chosen.end != nil else { return nil }
    let isV2 = answer.header.version >= 2
    let offered = isV2 ? modes.modesV2 : modes.modesV1
    guard chosen.isD ? offered.hasD : offered.hasR else {
      return .mode(isD: chosen.isD, version: answer.header.version)
    }
    guard isV2, let identifier = chosen.identifier, let part = modes.version2 else { return nil }
    let isOffered = part.identifiers.contains(identifier) || part.systemID == identifier
    return isOffered ? nil : .identifier(identifier)
  }
}
