import Dissection

/// A connection as one host's kernel names it.
package struct SocketPair: Hashable, Sendable {
  package var local: Endpoint
  package var remote: Endpoint

  package init(local: Endpoint, remote: Endpoint) {
    self.local = local
    self.remote = remote
  }
}

/// State of a TCP socket by the kernel's number; numbers that are not known have no name.
///
/// Source: the enumeration at `TCP_ESTABLISHED` in the kernel's include/net/tcp_states.h.
package struct SocketState: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let established = SocketState(rawValue: 1)
  package static let timeWait = SocketState(rawValue: 6)
  package static let listen = SocketState(rawValue: 10)

  private static let names = [
    "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK",
    "LISTEN", "CLOSING", "SYN_RECV",
  ]

  /// The kernel's name, as the BCC tools print it; empty for a state that is newer than this program.
  package var name: String {
    let index = Int(rawValue) - 1
    return Self.names.indices.contains(index) ? Self.names[index] : ""
  }
}

/// A TCP socket of this host.
package struct SocketEntry: Hashable, Sendable {
  package var local: Endpoint
  /// Of a listener: the wildcard address and port 0.
  package var remote: Endpoint
  package var state: SocketState
  /// 0 while no process has it: before `accept()`, and after the last `close()`.
  package var inode: UInt64
  /// Whom it belongs to.
  package var uid: UInt32
  /// Bytes that the application has not read; of a listener: connections that wait for `accept()`.
  package var receiveQueue: UInt32
  /// Bytes that the peer has not acknowledged; of a listener: how many connections may wait.
  package var sendQueue: UInt32

  package var pair: SocketPair { SocketPair(local: local, remote: remote) }
}

/// Why the sockets of this host cannot be listed.
package enum SocketError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No netlink socket of this kind can be opened; the operating system's words.
  case unavailable(String)
  /// The kernel refused to answer; its words.
  case refused(String)
  /// No answer came.
  case silent

  package var description: String {
    switch self {
    case .unavailable(let words): "The kernel's socket diagnostics (netlink) cannot be used: \(words)."
    case .refused(let words): "The kernel's socket diagnostics (netlink) do not tell the sockets: \(words)."
    case .silent: "The kernel's socket diagnostics (netlink) do not answer."
    }
  }
}
