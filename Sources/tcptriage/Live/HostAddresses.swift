import LiveCapture
import Triage

/// The addresses of this host.
enum HostAddresses {
  /// Of all interfaces, with all of loopback; empty when nobody says.
  static var all: [AddressRange] {
    let entries = (try? InterfaceEntry.all()) ?? []
    // What stands behind the % names the interface of a link-local address.
    let own = entries.flatMap(\.addresses).map { String($0.prefix { $0 != "%" }) }
    return (own.isEmpty ? [] : own + ["127.0.0.0/8", "::1"]).compactMap { AddressRange($0) }
  }
}
