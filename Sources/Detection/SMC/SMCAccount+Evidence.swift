import Dissection
import Tracking

extension SMCAccount {
  /// The frames that tell this connection's SMC, in frame order, with what each of them shows.
  var evidence: [EvidenceFrame] {
    let all = frames.map(evidence) + messages.map(evidence)
    return all.sorted { $0.segment.frame < $1.segment.frame }
  }

  private func evidence(_ item: Message) -> EvidenceFrame {
    EvidenceFrame(item.segment, note: item.message.words, telling: ["len"])
  }

  private func evidence(_ item: Frame) -> EvidenceFrame {
    switch item.role {
    case .syn:
      let note = facts.contains(.offered) ? "SYN offers SMC" : plainWords("SYN", clientIdentifier)
      return EvidenceFrame(item.segment, note: note, telling: ["options"])
    case .synAck:
      let note = facts.contains(.answered) ? "SYN-ACK answers SMC" : plainWords("SYN-ACK", serverIdentifier)
      return EvidenceFrame(item.segment, note: note, telling: ["options"])
    case .foreign:
      return EvidenceFrame(item.segment, note: foreignWords(item), telling: ["len"])
    case .damaged:
      return EvidenceFrame(item.segment, note: "malformed: " + (damage?.words ?? ""), telling: ["len"])
    case .close:
      let name = facts.contains(.closedByReset) ? "RST" : "FIN"
      return EvidenceFrame(
        item.segment, note: "\(name) from the \(item.fromClient ? "client" : "server")", telling: ["flags"])
    }
  }

  private func plainWords(_ name: String, _ identifier: UInt32?) -> String {
    guard let identifier else { return "\(name) without SMC" }
    if identifier == CLCHeader.eyecatcherR { return "\(name) with SMC's identifier in a form that Linux ignores" }
    return "\(name) with experimental option \(DeclineCode.text(identifier))"
  }

  private func foreignWords(_ item: Frame) -> String {
    let side = item.fromClient ? "client" : "server"
    guard isNegotiated else { return "application data of the \(side)" }
    return "bytes of the \(side) that are not CLC"
  }
}
