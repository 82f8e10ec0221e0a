import Glibc

/// What a server sent until it closed the connection.
struct RawAnswer {
  var text: String

  var status: Int { Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0 }
  var head: String { text.range(of: "\r\n\r\n").map { String(text[..<$0]) } ?? text }
  var body: String { text.range(of: "\r\n\r\n").map { String(text[$0...].dropFirst(2)) } ?? "" }

  func header(_ name: String) -> String? {
    for line in head.split(separator: "\r\n").dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.first?.lowercased() == name { return parts.last.map { String($0.drop { $0 == " " }) } }
    }
    return nil
  }
}

extension String {
  /// Where `other` begins; `\r\n` is one character.
  fileprivate func range(of other: String) -> Index? {
    var place = startIndex
    while place < endIndex {
      if self[place...].hasPrefix(other) { return place }
      place = index(after: place)
    }
    return nil
  }
}

/// A connection by plain sockets, so that tests see every byte.
final class RawConnection {
  let descriptor: Int32

  init?(port: Int) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { return nil }
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  func write(_ text: String) {
    _ = Array(text.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  /// All until the server closes the connection.
  func readAll() -> RawAnswer {
    var (all, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
    while true {
      let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
      guard count > 0 else { return RawAnswer(text: String(decoding: all, as: UTF8.self)) }
      all += chunk.prefix(count)
    }
  }
}

/// Asks once.
func fetch(_ port: Int, _ target: String, method: String = "GET", host: String = "localhost") -> RawAnswer {
  guard let connection = RawConnection(port: port) else { return RawAnswer(text: "") }
  connection.write("\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
  return connection.readAll()
}
