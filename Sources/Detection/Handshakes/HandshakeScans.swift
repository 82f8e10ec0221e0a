import Dissection
import Tracking

/// Clients that tried so many closed or silent ports that each is no matter of its own.
struct HandshakeScans {
  private let refused: [IPAddress: [ListenerTrack]]
  private let silent: [IPAddress: [ListenerTrack]]
  /// Looks at listeners that answered nobody, and at those of them that left SYNs without an answer.
  init(_ tracks: [ListenerTrack], silent: [ListenerTrack]) {
    self.refused = Self.scanners(tracks, \.refusals)
    self.silent = Self.scanners(silent, \.silences)
  }

  private static func scanners(
    _ tracks: [ListenerTrack], _ trouble: KeyPath<ListenerTrack, ListenerTrack.Trouble>
  ) -> [IPAddress: [ListenerTrack]] {
    var tried: [IPAddress: [ListenerTrack]] = [:]
    for track in tracks {
      for client in track[keyPath: trouble].clients { tried[client, default: []].append(track) }
    }
    return tried.filter { $0.value.count >= ListenerDetector.scannedPorts }
  }

  /// Whether only scanners had trouble there.
  func explain(refusalsAt track: ListenerTrack) -> Bool { Self.explain(track.refusals, refused) }
  func explain(silenceOf track: ListenerTrack) -> Bool { Self.explain(track.silences, silent) }

  private static func explain(_ trouble: ListenerTrack.Trouble, _ scanners: [IPAddress: [ListenerTrack]]) -> Bool {
    !trouble.hasMoreClients && trouble.clients.allSatisfy { scanners[$0] != nil }
  }

  var findings: [Finding] {
    refused.map {
      scan(
        $0.key, $0.value, HandshakeRules.refused, "were closed: a scan, or a program with a wrong list of servers",
        \.refusals)
    }
      + silent.map {
        scan(
          $0.key, $0.value, HandshakeRules.unanswered,
          "did not answer: a scan, a wrong list of servers, or a client that is cut off", \.silences)
      }
  }

  private func scan(
    _ client: IPAddress, _ tracks: [ListenerTrack], _ rule: Rule, _ words: String,
    _ trouble: KeyPath<ListenerTrack, ListenerTrack.Trouble>
  ) -> Finding {
    let ordered = tracks.map { $0[keyPath: trouble] }.sorted { $0.evidence.firstFrame < $1.evidence.firstFrame }
    let hosts = Set(tracks.map(\.listener.address)).count
    let most = tracks.count >= ListenerDetector.mostOfClient ? "at least " : ""
    let ports = most + Words.count(tracks.count, "port")
    var finding = Finding(
      rule, .info, .certain, proof: .proven,
      summary: "\(client) tried \(ports) of \(Words.count(hosts, "host")) that \(words).")
    finding.cause = "scan"
    finding.hosts = ["\(client)"]
    finding.evidence = Array(ordered.flatMap { $0.evidence.frames.prefix(1) }.prefix(Evidence.most))
    finding.firstFrame = ordered.first?.evidence.firstFrame ?? 0
    finding.lastFrame = ordered.map(\.evidence.lastFrame).max() ?? 0
    finding.firstTime = ordered.first?.evidence.firstTime ?? 0
    finding.lastTime = ordered.map(\.evidence.lastTime).max() ?? 0
    finding.measures = [Measure("ports", Double(tracks.count)), Measure("hosts", Double(hosts))]
    return finding
  }
}
