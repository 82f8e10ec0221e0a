import Dissection
import Tracking

/// Clients that tried so many closed or silent ports that each is no matter of its own.
struct HandshakeScans {
  private var refused: [IPAddress: [ListenerTrack]] = [:]
  private var silent: [IPAddress: [ListenerTrack]] = [:]
  private var refusing: Set<Endpoint> = []
  private var unanswering: Set<Endpoint> = []

  /// Looks at listeners that answered nobody.
  init(_ tracks: [ListenerTrack]) {
    for track in tracks {
      if let client = track.refusals.onlyClient { refused[client, default: []].append(track) }
      if let client = track.silences.onlyClient { silent[client, default: []].append(track) }
    }
    refused = refused.filter { $0.value.count >= ListenerDetector.scannedPorts }
    silent = silent.filter { $0.value.count >= ListenerDetector.scannedPorts }
    refusing = Set(refused.values.joined().map(\.listener))
    unanswering = Set(silent.values.joined().map(\.listener))
  }

  func explain(refusalsAt listener: Endpoint) -> Bool { refusing.contains(listener) }
  func explain(silenceOf listener: Endpoint) -> Bool { unanswering.contains(listener) }

  var findings: [Finding] {
    refused.map { scan($0.key, $0.value, HandshakeRules.refused, "were closed", \.refusals) }
      + silent.map { scan($0.key, $0.value, HandshakeRules.unanswered, "did not answer", \.silences) }
  }

  private func scan(
    _ client: IPAddress, _ tracks: [ListenerTrack], _ rule: Rule, _ words: String,
    _ trouble: KeyPath<ListenerTrack, ListenerTrack.Trouble>
  ) -> Finding {
    let ordered = tracks.map { $0[keyPath: trouble] }.sorted { $0.evidence.firstFrame < $1.evidence.firstFrame }
    let hosts = Set(tracks.map(\.listener.address)).count
    var finding = Finding(
      rule, .info, .certain, proof: .proven,
      summary: "\(client) tried \(Words.count(tracks.count, "port")) of \(Words.count(hosts, "host")) that \(words): "
        + "a scan, or a program with a wrong list of servers.")
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

extension ListenerTrack.Trouble {
  /// The host that all of it is about; nil when there are several, or there is no trouble.
  fileprivate var onlyClient: IPAddress? { hasManyClients ? nil : client?.address }
}
