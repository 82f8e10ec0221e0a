import Detection
import Dissection
import Tracking
import Triage

/// The ends and the time that a finding is about, to be put into commands where rules write ADDRESS, PEER, PORT and TIME.
///
/// Rules do not know hosts, but whoever pastes a command should not have to look for them. What is not the same on all
/// connections of the finding stays as it is, like INTERFACE and FILE, which are not known here.
struct Addressing {
  /// Who sent what the finding rests on; nil when several did.
  private(set) var sender: IPAddress?
  /// Who should have received it.
  private(set) var receiver: Endpoint?
  /// The port that tells the connection from others; nil when there are several.
  private(set) var clientPort: UInt16?
  /// When it began, as `journalctl --since` takes it.
  private(set) var time: String?

  init(_ finding: Finding, _ connections: [ConnectionID: ConnectionSummary]) {
    if finding.firstFrame > 0 { time = "'\(Moment.utc(finding.firstTime))'" }
    let known = finding.connections.compactMap { connections[$0] }
    // Where a connection is not listed, nobody knows whether all agree.
    guard !known.isEmpty, known.count == max(finding.connections.count, finding.affected.count) else { return }
    let pairs = Set(known.flatMap { [$0.client.address, $0.server.address] })
    guard pairs.count <= 2, let frame = Self.telling(finding) else { return }
    sender = frame.segment.source
    receiver = frame.segment.receiver
    if known.count == 1 { clientPort = known[0].client.port }
  }

  /// The first frame that carries something and that the finding points at; else the first that it points at.
  ///
  /// Where nothing is carried, both ends take part alike, and either is right.
  private static func telling(_ finding: Finding) -> EvidenceFrame? {
    let pointed = finding.evidence.filter { !$0.telling.isEmpty }
    return pointed.first { $0.segment.sequenceLength > 0 } ?? pointed.first ?? finding.evidence.first
  }

  /// `step` with the ends filled in.
  func placed(_ step: NextStep) -> NextStep {
    // Who runs it on the receiving host looks for the sender, and an address with two owners is a sender's.
    let wantsSender = step.tells.contains("receiving host") || step.command.hasPrefix("arping ")
    return NextStep(placed(step.command, wantsSender ? sender : receiver?.address), tells: step.tells)
  }

  /// `remedy` with the ends filled in.
  func placed(remedy: String) -> String { placed(remedy, receiver?.address) }

  private func placed(_ text: String, _ host: IPAddress?) -> String {
    let port = text.contains("dport") ? receiver?.port : clientPort
    var values: [String: String] = [:]
    values["ADDRESS"] = host.map { "\($0)" }
    values["PEER"] = values["ADDRESS"]
    values["PORT"] = port.map { "\($0)" }
    values["TIME"] = time
    return Self.filling(values, into: text)
  }

  /// `text` with every whole word that is a key of `values` replaced; `TIME-WAIT` is one word.
  static func filling(_ values: [String: String], into text: String) -> String {
    var result = ""
    var word = ""
    for character in text {
      if character.isLetter || character == "_" || character == "-" {
        word.append(character)
      } else {
        result += values[word] ?? word
        result.append(character)
        word = ""
      }
    }
    return result + (values[word] ?? word)
  }
}

extension Finding {
  /// The finding with the ends that it is about in its commands.
  func placed(_ connections: [ConnectionID: ConnectionSummary]) -> Finding {
    let addressing = Addressing(self, connections)
    var placed = self
    placed.nextSteps = nextSteps.map(addressing.placed)
    placed.remedy = addressing.placed(remedy: remedy)
    return placed
  }
}

extension Report {
  /// The findings by the names that all outputs give them, with the ends that they are about in their commands.
  var namedFindings: [(id: String, finding: Finding)] {
    let known = Dictionary(connections.map { ($0.id, $0) }) { first, _ in first }
    return zip(FindingID.all(self), findings).map { ($0, $1.placed(known)) }
  }
}
