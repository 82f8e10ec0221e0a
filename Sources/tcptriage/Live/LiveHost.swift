import Detection
import Dissection
import Frames
import LiveCapture
import Tracking
import Triage

/// What this host itself knows about the traffic on its interfaces: who has the sockets, what its kernel counts, and how
/// it is set.
final class LiveHost {
  /// Connections of one finding whose processes are looked for.
  private static let mostConnections = 8

  let local: LocalHosts
  private var sockets: SocketWatch?
  private var pairer = CounterPairer()
  private let settings = KernelSettings.read()
  private var runningAway: Set<String> = []
  /// Processes of findings, also when their sockets are long gone.
  private var owners: [Int: [ProcessName]] = [:]
  /// What could not be asked, a sentence each.
  private(set) var remarks: [String] = []
  /// The counters at the beginning.
  let before: CounterSnapshot

  /// Takes first readings at `time`, ns since 1970 UTC.
  init(at time: Int64) {
    local = LocalHosts(HostAddresses.all)
    before = KernelCounters.read()
    _ = pairer.take(before, at: time)
    do throws(SocketError) { sockets = try SocketWatch(local) } catch { remarks.append(error.description) }
  }

  /// Takes segments as they come: sockets of new connections are asked for while they are open.
  func take(_ segments: [Segment]) { sockets?.take(segments) }

  /// Between two batches of frames.
  func caughtUp() { sockets?.keepUp() }

  /// Fills in what the host knows about `snapshot`.
  ///
  /// - Returns: what the user must know, a sentence each: counters that begin to run away.
  func complete(_ snapshot: inout LiveSnapshot) -> [String] {
    snapshot.counters = pairer.take(KernelCounters.read(), at: snapshot.time)
    pairer.pair(&snapshot.findings) { local.contains($0) }
    for index in snapshot.findings.indices {
      let live = snapshot.findings[index]
      snapshot.findings[index].settings = settings.remarks(for: live.finding.rule.id)
      snapshot.findings[index].owners = owners(of: live, snapshot.report)
    }
    owners = Dictionary(snapshot.findings.map { ($0.number, $0.owners) }) { first, _ in first }
    for index in snapshot.top.indices {
      let connection = snapshot.top[index]
      snapshot.top[index].owner = process(connection.local, connection.remote)
    }
    defer { remarks = [] }
    return remarks + (sockets?.takeRemarks() ?? []) + runaways(snapshot.counters)
  }

  /// Sets what the kernel counted during the whole run beside the last report, and the processes that were found.
  func conclude(_ report: inout Report, _ followed: [LiveFinding]) {
    let named = Set(report.findings.flatMap(\.connections))
    let ends = report.connections.filter { named.contains($0.id) } + report.connections
    let own = ends.lazy.flatMap { [$0.client.address, $0.server.address] }.first { local.contains($0) }
    guard let own else { return }
    report.counterComparison = CounterComparison(
      report, host: (own, "Counted by this host while it captured."), before: before, after: KernelCounters.read(),
      settings: settings)
    for (index, finding) in report.findings.enumerated() {
      let same = followed.first { live in
        live.finding.rule.id == finding.rule.id && !Set(live.finding.connections).isDisjoint(with: finding.connections)
      }
      report.counterComparison?.note(same?.owners ?? [], ofFinding: index)
    }
  }

  private func runaways(_ readings: [CounterReading]) -> [String] {
    let now = readings.filter(\.runsAway)
    defer { runningAway = Set(now.map(\.name)) }
    return now.filter { !runningAway.contains($0.name) }.map { reading in
      "The counter \(reading.name) runs away, \(Quantity.count(Int(reading.rate.rounded()))) per second: \(reading.meaning)"
    }
  }

  private func owners(of live: LiveFinding, _ report: Report) -> [ProcessName] {
    var found = owners[live.number] ?? []
    let finding = live.finding
    var pairs = finding.connections.prefix(Self.mostConnections).compactMap { id in
      report.connections.first { $0.id == id }.map { ($0.client, $0.server) }
    }
    pairs += finding.evidence.map { ($0.segment.sender, $0.segment.receiver) }
    for (a, b) in pairs {
      for owner in [process(a, b), process(b, a)] {
        if let owner, !found.contains(owner), found.count < Self.mostConnections { found.append(owner) }
      }
    }
    return found
  }

  /// Whose socket the end `a` is, when more than the user is known.
  private func process(_ a: Endpoint, _ b: Endpoint) -> ProcessName? {
    guard let owner = sockets?.owner(a, b), owner.pid != nil else { return nil }
    return owner
  }
}
