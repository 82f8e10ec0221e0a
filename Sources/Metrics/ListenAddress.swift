import NIOCore

/// Where the server listens, as `--metrics` takes it: `9464`, `10.0.0.1:9464`, `[::1]:9464`.
package struct ListenAddress: Sendable, Hashable {
  /// An IPv4 or IPv6 address.
  package var host: String
  /// 0 lets the system choose.
  package var port: Int

  /// Nil when `text` is none; without an address it is loopback, so that nobody else can read what goes on here.
  package init?(_ text: String) {
    let colon = text.lastIndex(of: ":")
    let digits = colon.map { text[text.index(after: $0)...] } ?? text[...]
    guard !digits.isEmpty, digits.utf8.count <= 5, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = Int(digits), port <= 65_535
    else { return nil }
    var host = colon.map { String(text[..<$0]) } ?? "127.0.0.1"
    if host == "localhost" { host = "127.0.0.1" }
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    if isBracketed { host = String(host.dropFirst().dropLast()) }
    // Without brackets the last part of an IPv6 address would be taken for a port.
    guard isBracketed == host.contains(":"), (try? SocketAddress(ipAddress: host, port: port)) != nil else {
      return nil
    }
    (self.host, self.port) = (host, port)
  }

  /// Whether only programs on this host can reach it.
  package var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" }

  /// As a part of a URL: brackets around IPv6.
  package static func authority(_ host: String, _ port: Int) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
