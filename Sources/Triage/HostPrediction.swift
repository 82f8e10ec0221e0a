/// What the kernel's counters of one host should have moved by while the capture ran.
public struct HostPrediction: Sendable {
  /// The host's address.
  public var host: String
  /// Every counter that packets let predict, zeros included, in fixed order.
  public var counters: [PredictedCounter]
}

/// One predicted counter.
public struct PredictedCounter: Sendable {
  /// The kernel's name, as in `/proc/net/snmp` with its group (`TcpRetransSegs`) or `/proc/net/netstat` without it
  /// (`TCPTimeouts`).
  public var name: String
  /// By how much it should have moved.
  public var value: UInt64
  /// How far that can be trusted.
  public var certainty: PredictionCertainty
  /// Why it is not exact; empty when it is.
  public var reason: String

  /// The name that `nstat` prints.
  public var nstatName: String { name.hasPrefix("Tcp") ? name : "TcpExt\(name)" }
}

/// The predictions of a whole capture.
public struct CounterPrediction: Sendable {
  /// Hosts in order of their addresses.
  public var hosts: [HostPrediction]
  /// Whether there were more hosts than are kept, ``mostHosts``.
  public var isFull: Bool
  /// Most hosts that are kept: the first ones.
  public static let mostHosts = 4096
}
