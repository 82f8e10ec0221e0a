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
  static func inode(_ link: some Collection<CChar>) -> UInt64? {
    let text = String(decoding: link.lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard text.hasPrefix("socket:["), text.hasSuffix("]") else { return nil }
    return UInt64(text.dropFirst(8).dropLast())
  }
}
