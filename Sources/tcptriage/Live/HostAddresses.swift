import LiveCapture
import Triage

/// The addresses of this host.
enum HostAddresses {
  /// Of all interfaces; empty when nobody says.
  static var all: [AddressRange] {
    let entries = (try? InterfaceEntry.all()) ?? []
    // What stands behind the % names the interface of a link-local address.
    return entries.flatMap(\.addresses).compactMap { AddressRange(String($0.prefix { $0 != "%" })) }
  }
}
