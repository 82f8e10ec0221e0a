import ArgumentParser
import CaptureFiles
import Dissection
import Glibc
import Tracking
import Triage

/// Two snapshots of a host's counters, to be set beside a capture.
struct CounterOptions: ParsableArguments {
  @Option(
    name: .customLong("counters-from"), parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      Set two snapshots of the host's counters beside what the packets show, one from before the capture, one from \
      after: nstat -az, netstat -s, copies of /proc/net/netstat and /proc/net/snmp, or tcptriage counters --record.
      """, valueName: "before> <after"),
    completion: .file())
  var files: [String] = []

  @Option(
    name: .customLong("counters-host"),
    help: ArgumentHelp("The host that the snapshots are of; without it the packets tell.", valueName: "address"))
  var host: String?

  func validate() throws {
    guard !files.isEmpty || host == nil else { throw ValidationError("--counters-host needs --counters-from.") }
    guard files.isEmpty || files.count == 2 else {
      throw ValidationError(
        "--counters-from takes two snapshots, before and after, and \(files.count) are given; name captures in front "
          + "of it.")
    }
    if let host, Self.address(host) == nil { throw ValidationError("--counters-host '\(host)' is no IP address.") }
  }

  private static func address(_ text: String) -> IPAddress? {
    text.contains("/") ? nil : AddressRange(text)?.start
  }

  /// Reads the snapshots.
  ///
  /// - Parameter key: maps the address as everything else.
  /// - Returns: nil when none were given.
  /// - Throws: when one cannot be read or holds no counters.
  func question(_ key: AnonymityKey?) throws(Stop) -> CounterQuestion? {
    guard let before = files.first, let after = files.last, files.count == 2 else { return nil }
    var address = host.flatMap(Self.address)
    if let key, let real = address {
      var map = AddressMap(key)
      address = map.mapped(real)
    }
    return try CounterQuestion(before: before, after: after, host: address)
  }
}

/// What two snapshots say about a capture that is being read.
final class CounterQuestion {
  private let before: CounterSnapshot
  private let after: CounterSnapshot
  private let settings: KernelSettings
  private let host: IPAddress?
  private var finder = LocalFinder()

  init(before: String, after: String, host: IPAddress?) throws(Stop) {
    let (first, second) = (try Self.bytes(before), try Self.bytes(after))
    do throws(CounterSnapshotError) {
      self.before = try CounterSnapshot(parsing: first, from: before)
      self.after = try CounterSnapshot(parsing: second, from: after)
    } catch {
      throw Stop(.input, error.description)
    }
    settings = KernelSettings(parsing: second)
    self.host = host
  }

  private static func bytes(_ path: String) throws(Stop) -> [UInt8] {
    // `open` only reads the terminated path.
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Stop(.input, "\(path): The snapshot cannot be read (\(SystemError.words(errno))).")
    }
    defer { close(descriptor) }
    return ReportText.read(descriptor, CounterSnapshot.mostBytes + 1)
  }

  /// `listener`, and beside it the question which host is ours.
  func listening(beside listener: Engine.Listener?) -> Engine.Listener {
    var both = listener ?? Engine.Listener()
    let other = both.observations
    both.observations = { [self] observations in
      if !finder.isFull { for observation in observations { finder.take(observation) } }
      other(observations)
    }
    return both
  }

  /// Puts the comparison into `report`, which must have predictions.
  func answer(_ report: inout Report) throws(Stop) {
    guard let prediction = report.counters else { return }
    guard let chosen = try chosenHost(prediction) else { return }
    report.counterComparison = CounterComparison(
      report, host: chosen, before: before, after: after, settings: settings)
  }

  private func chosenHost(_ prediction: CounterPrediction) throws(Stop) -> (address: IPAddress, choice: String)? {
    guard let host else { return CounterHost.choose(prediction, finder, option: "--counters-host") }
    guard prediction.hosts.contains(where: { $0.host == "\(host)" }) else {
      let names = prediction.hosts.prefix(5).map(\.host).joined(separator: ", ")
      let more = prediction.hosts.count > 5 ? ", ..." : ""
      throw Stop(.usage, "No segment is of --counters-host \(host); hosts in the capture are \(names)\(more).")
    }
    return (host, "\(host) was chosen by --counters-host.")
  }
}
