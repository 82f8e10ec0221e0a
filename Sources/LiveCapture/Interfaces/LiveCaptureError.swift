/// Why a network interface cannot be captured on; the description is a sentence with the next step.
package enum LiveCaptureError: Error, Sendable, CustomStringConvertible {
  /// The kernel does not let this user capture.
  case notPermitted(interface: String)
  /// There is no interface of that name.
  case unknownInterface(String)
  /// libpcap's own words for anything else.
  case unusable(interface: String, message: String)
  /// The filter makes no sense for this interface.
  case filter(PacketFilterError)
  /// The user to become is unknown, or the kernel refuses.
  case user(String, message: String)

  package var description: String {
    switch self {
    case .notPermitted(let interface):
      "Capturing on \(interface) needs the capability CAP_NET_RAW: run as root (--user gives it up again), or allow it "
        + "once with: setcap cap_net_raw+ep \"$(command -v tcptriage)\""
    case .unknownInterface(let name):
      "There is no network interface '\(name)'; tcptriage live --list-interfaces lists them."
    case .unusable(let interface, let message): "Capturing on \(interface) failed: \(message)."
    case .filter(let error): error.description
    case .user(let name, let message): "Going on as the user '\(name)' is not possible: \(message)."
    }
  }
}
