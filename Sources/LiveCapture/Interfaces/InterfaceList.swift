import CLibpcap
import Glibc

/// An interface that can be captured on, as far as libpcap knows.
package struct InterfaceEntry: Sendable {
  package var name: String
  package var about: String
  package var addresses: [String]
  package var isUp: Bool
  package var isLoopback: Bool

  /// All of them, in libpcap's order: the one that it would choose comes first.
  package static func all() throws(LiveCaptureError) -> [InterfaceEntry] {
    // Holds libpcap's words; large enough by its contract.
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    var first: UnsafeMutablePointer<pcap_if_t>? = nil
    guard unsafe pcap_findalldevs(&first, &message) == 0 else {
      let words = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw .unusable(interface: "all interfaces", message: words)
    }
    // The list is a chain of records that end with it; everything is copied before it is freed.
    defer { unsafe pcap_freealldevs(first) }
    var entries: [InterfaceEntry] = []
    var next = unsafe first
    while let entry = unsafe next?.pointee {
      entries.append(unsafe InterfaceEntry(entry))
      unsafe next = entry.next
    }
    return entries
  }

  @unsafe private init(_ entry: pcap_if_t) {
    // Texts are terminated, addresses a chain.
    name = unsafe String(cString: entry.name)
    about = unsafe entry.description.map { unsafe String(cString: $0) } ?? ""
    isUp = unsafe entry.flags & UInt32(PCAP_IF_UP) != 0
    isLoopback = unsafe entry.flags & UInt32(PCAP_IF_LOOPBACK) != 0
    addresses = []
    var next = unsafe entry.addresses
    while let address = unsafe next?.pointee {
      if let text = unsafe Self.text(address.addr) { addresses.append(text) }
      unsafe next = address.next
    }
  }

  /// The address in figures, of those that have one.
  @unsafe private static func text(_ address: UnsafeMutablePointer<sockaddr>?) -> String? {
    guard let address = unsafe address else { return nil }
    let family = Int32(unsafe address.pointee.sa_family)
    guard family == AF_INET || family == AF_INET6 else { return nil }
    let length = family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    // Writes a terminated text of at most the given length.
    guard
      unsafe getnameinfo(address, socklen_t(length), &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST) == 0
    else { return nil }
    return String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
