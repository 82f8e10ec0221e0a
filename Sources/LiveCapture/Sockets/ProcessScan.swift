/// Finds the processes that have sockets open.
enum ProcessScan {
  /// What a socket belongs to.
  struct Process: Hashable, Sendable {
    var pid: Int32
    var command: String
  }

  /// The processes of `inodes`; several may share a socket (after a fork), then the lowest number is taken.
  ///
  /// One walk over all descriptors of all processes, which ends when everything is found.
  /// - Complexity: O(open descriptors of the host), one system call for each.
  static func owners(of inodes: Set<UInt64>) -> [UInt64: Process] {
    var missing = inodes
    var found: [UInt64: Process] = [:]
    for pid in ProcessFiles.all() where !missing.isEmpty {
      var own: [UInt64] = []
      ProcessFiles.eachSocket(of: pid) { inode in
        if missing.remove(inode) != nil { own.append(inode) }
        return !missing.isEmpty
      }
      if own.isEmpty { continue }
      let process = Process(pid: pid, command: ProcessFiles.command(of: pid))
      for inode in own { found[inode] = process }
    }
    return found
  }
}

/// The text behind a descriptor in /proc: `socket:[4026]`.
enum SocketLink {
  /// The inode, nil when it is no socket.
  static func inode(_ link: ArraySlice<CChar>) -> UInt64? {
    // Byte by byte: this is asked of every descriptor of the host, and most are no sockets.
    guard link.count > prefix.count + 1, link.starts(with: prefix), link.last == end else { return nil }
    var inode: UInt64 = 0
    for character in link.dropFirst(prefix.count).dropLast() {
      guard let digit = UInt64(exactly: Int(character) - 0x30), digit <= 9, inode < 1 << 56 else { return nil }
      inode = 10 * inode + digit
    }
    return inode
  }

  private static let prefix = "socket:[".utf8.map { CChar(bitPattern: $0) }
  private static let end = CChar(bitPattern: UInt8(ascii: "]"))
}
