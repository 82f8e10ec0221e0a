import Triage

/// This host's counters, of the network namespace that the program runs in.
package enum KernelCounters {
  /// Files of `/proc` in the order in which a snapshot lists them; the last two are of the whole machine.
  private static let files = [
    "/proc/net/netstat", "/proc/net/snmp", "/proc/net/snmp6", "/proc/net/softnet_stat", "/proc/softirqs",
  ]

  /// Counters as they stand; names from files that cannot be read are missing.
  ///
  /// - Complexity: O(bytes), about 20 kB.
  package static func read() -> CounterSnapshot { (try? CounterSnapshot(parsing: text, from: "/proc")) ?? .init() }

  /// The text of a snapshot with a header line and the settings, for `--counters-from`.
  ///
  /// - Parameter time: nanoseconds since 1970 UTC, for the header.
  /// - Returns: text that ``CounterSnapshot`` and ``KernelSettings`` read.
  package static func record(at time: Int64) -> [UInt8] {
    let settings = KernelSettings.read()
    let header = SnapshotHeader.line(time: time, kernel: settings.kernel ?? "")
    let sysctl = settings.lines.map { $0 + "\n" }.joined()
    return Array(header.utf8) + text + Array(sysctl.utf8)
  }

  private static var text: [UInt8] { files.reduce(into: []) { $0 += HostFile.bytes($1) ?? [] } }
}
