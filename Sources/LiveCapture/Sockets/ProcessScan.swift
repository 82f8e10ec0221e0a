/// Finds the processes that have sockets open.
struct ProcessScan {
  /// What a socket belongs to.
  struct Process: Hashable, Sendable {
    var pid: Int32
    var command: String
  }

  /// Processes that there were the last time.
  private var known: Set<Int32> = []
  /// Those of them that were found to have sockets.
  private var talkers: Set<Int32> = []

  /// The processes of `inodes`: one walk over all descriptors, which ends when everything is found.
  ///
  /// Processes that have begun since the last time come first, because whoever has just opened a connection may be gone
  /// soon; then those that were found to have sockets before. Several may share a socket (after a fork): within
  /// these groups the lowest number is taken.
  /// - Parameter onlyNew: look no further than at processes that have begun since the last time.
  /// - Complexity: O(open descriptors of the host), one system call for each.
  mutating func owners(of inodes: Set<UInt64>, onlyNew: Bool) -> [UInt64: Process] {
    let all = ProcessFiles.all()
    let fresh = all.filter { !known.contains($0) }
    talkers.formIntersection(all)
    let others = onlyNew ? [] : all.filter { known.contains($0) && !talkers.contains($0) }
    known = Set(all)
    var missing = inodes
    var found: [UInt64: Process] = [:]
    for pid in fresh + (onlyNew ? [] : talkers.subtracting(fresh).sorted()) + others where !missing.isEmpty {
      var own: [UInt64] = []
      ProcessFiles.eachSocket(of: pid) { inode in
        if missing.remove(inode) != nil { own.append(inode) }
        return !missing.isEmpty
      }
      if own.isEmpty { continue }
      talkers.insert(pid)
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
