/// A host's settings that explain a verdict: `sysctl` values, queueing disciplines, devices for SMC.
///
/// What could not be read is missing, and nothing is said of it.
package struct KernelSettings: Sendable, Equatable {
  /// By the names of `sysctl`, trimmed.
  package private(set) var values: [String: String] = [:]
  /// The kernel's release, as `uname -r` prints it.
  package var kernel: String?
  /// Queueing discipline by interface; of a card with many queues that of the queues.
  package var queues: [String: String] = [:]
  /// Whether everything that there is was read: only then does a missing setting say that the kernel has it not.
  package var isComplete = false
  /// RDMA and ISM devices; nil when nobody looked.
  package var smcDevices: [String]?

  /// Bytes of a value that are kept.
  static let longestValue = 200

  package init() {}

  /// Settings that are read, by the names of `sysctl`; those of SMC are in a folder of their own.
  package static let names = [
    "net.ipv4.tcp_invalid_ratelimit", "net.ipv4.tcp_timestamps", "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_tw_recycle",
    "net.ipv4.tcp_rfc1337", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_abort_on_overflow", "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_sack", "net.ipv4.tcp_window_scaling", "net.ipv4.tcp_congestion_control", "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem", "net.ipv4.vs.run_estimation", "net.core.somaxconn", "net.core.default_qdisc",
  ]
  package static let smcPrefix = "net.smc."
  /// The last one of a record in which every kernel has it.
  private static let lastName = "net.ipv4.tcp_wmem"

  package subscript(_ name: String) -> String? {
    get { values[name] }
    set { values[name] = newValue.map { String($0.prefix(Self.longestValue)) } }
  }

  /// A value that is a number.
  func number(_ name: String) -> Int? { values[name].flatMap { Int($0) } }

  /// Whether the module for SMC is there; nil when that is not known.
  var hasSMC: Bool? {
    if values.keys.contains(where: { $0.hasPrefix(Self.smcPrefix) }) { return true }
    return isComplete ? false : nil
  }

  /// The release's first two numbers.
  var version: (Int, Int)? {
    let parts = (kernel ?? "").split(separator: ".", maxSplits: 2)
    guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1].prefix { $0.isASCII && $0.isNumber })
    else { return nil }
    return (major, minor)
  }
}

extension KernelSettings {
  /// Reads the lines `NAME = VALUE` that `sysctl` prints and `tcptriage counters --record` writes; others are passed over.
  ///
  /// - Complexity: O(bytes).
  package init(parsing bytes: [UInt8]) {
    let known = Set(Self.names)
    var hasHeader = false
    let text = String(decoding: bytes.prefix(CounterSnapshot.mostBytes), as: UTF8.self)
    for line in text.split(whereSeparator: \.isNewline) {
      if line.hasPrefix("#"), let release = SnapshotHeader.read(line).kernel {
        kernel = kernel ?? release
        hasHeader = true
      }
      guard line.hasPrefix("net."), let sign = line.firstIndex(of: "=") else { continue }
      let name = Self.trimmed(line[..<sign])
      guard known.contains(name) || name.hasPrefix(Self.smcPrefix) && name.utf8.count < 64, values.count < 100 else {
        continue
      }
      self[name] = Self.trimmed(line[line.index(after: sign)...])
    }
    // A record of ours that was cut behind the counters has none of them.
    isComplete = hasHeader && values[Self.lastName] != nil
  }

  /// The lines of `sysctl`, by name.
  package var lines: [String] { values.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" } }

  /// Words with one space between them.
  package static func trimmed(_ text: some StringProtocol) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
