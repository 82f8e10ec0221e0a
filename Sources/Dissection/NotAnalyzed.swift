/// Why a frame was not analyzed.
public enum NotAnalyzed: Int, Sendable, CaseIterable {
  /// A framing below IP that is not read here.
  case linkType
  /// Ethernet or cooked frame that carries neither IPv4 nor IPv6 (ARP, LLDP, ...).
  case notIP
  /// IP that carries something else than TCP.
  case notTCP
  /// A later fragment of an IP packet, or a first one without a whole TCP header.
  case fragment
  /// The capture kept too few bytes to reach the end of the TCP header's fixed part.
  case cut
  /// A header whose lengths or version cannot be right.
  case malformed
  /// Left out by the filter expression.
  case filtered

  /// A few words for tables.
  public var words: String {
    switch self {
    case .linkType: "unknown link type"
    case .notIP: "not IP"
    case .notTCP: "not TCP"
    case .fragment: "IP fragment"
    case .cut: "cut before the end of the TCP header"
    case .malformed: "malformed header"
    case .filtered: "left out by the filter"
    }
  }

  /// Key in JSON.
  public var key: String {
    switch self {
    case .linkType: "unknown-link-type"
    case .notIP: "not-ip"
    case .notTCP: "not-tcp"
    case .fragment: "fragment"
    case .cut: "cut"
    case .malformed: "malformed"
    case .filtered: "filtered"
    }
  }
}
