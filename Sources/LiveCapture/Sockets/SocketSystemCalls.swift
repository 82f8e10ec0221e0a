// The only unsafe code about sockets and processes: system calls, and the memory that they read and fill.
import Glibc

/// A netlink socket to the kernel's socket diagnostics.
struct NetlinkSocket: ~Copyable {
  /// `NETLINK_SOCK_DIAG` of linux/netlink.h.
  private static let socketDiagnostics: Int32 = 4
  /// `AF_NETLINK` of linux/socket.h.
  private static let family: Int32 = 16
  /// The kernel fills at most 32 kB of a dump at a time.
  private static let room = 65_536
  /// An answer comes at once or never; milliseconds.
  private static let patience: Int32 = 1_000

  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: Self.room)
  private var sequence: UInt32 = 0

  init() throws(SocketError) {
    let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    descriptor = socket(Self.family, type, Self.socketDiagnostics)
    guard descriptor >= 0 else { throw .unavailable(SystemWords.of(errno)) }
  }

  deinit { _ = close(descriptor) }

  /// Sends what `request` makes of a sequence number, and hands the bodies of the answer to `body`.
  ///
  /// - Returns: the kernel's error number, 0 when it answered.
  mutating func ask(_ request: (UInt32) -> [UInt8], _ body: (UInt16, RawSpan) -> Void) throws(SocketError) -> Int32 {
    sequence &+= 1
    let message = request(sequence)
    // The pointer and the count are those of the array, which lives through the call.
    let sent = unsafe message.withUnsafeBytes { unsafe send(descriptor, $0.baseAddress, $0.count, 0) }
    guard sent == message.count else { throw .refused(SystemWords.of(errno)) }
    while true {
      let count = try receive()
      // `count` bytes of the array were filled; the span cannot leave the closure.
      let step = unsafe buffer.withUnsafeBytes {
        let datagram = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: $0.prefix(count)))
        return NetlinkReply.read(datagram, sequence: sequence, body)
      }
      switch step {
      case .more: continue
      case .done: return 0
      case .failed(let code): return code
      }
    }
  }

  /// Fills the buffer with the next datagram.
  private mutating func receive() throws(SocketError) -> Int {
    let dontWait = Int32(MSG_DONTWAIT)
    while true {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      // `poll` reads and writes the one local that it is given.
      guard unsafe poll(&waiting, 1, Self.patience) != 0 else { throw .silent }
      // The kernel writes no more than the array has room for.
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, dontWait) }
      if count > 0 { return count }
      guard count == 0 || errno == EINTR || errno == EAGAIN else { throw .refused(SystemWords.of(errno)) }
    }
  }
}

/// What /proc tells of processes.
enum ProcessFiles {
  /// Numbers of all processes that may be seen.
  static func all() -> [Int32] {
    var found: [Int32] = []
    // A name is the terminated string of the entry that was just read, and copied at once.
    unsafe eachEntry(of: "/proc") { _, name in
      if let pid = unsafe Int32(String(cString: name)) { found.append(pid) }
      return true
    }
    return found
  }

  /// Calls `body` with the inode of each socket among a process's descriptors, until it returns false.
  static func eachSocket(of pid: Int32, _ body: (UInt64) -> Bool) {
    // No inode's name is longer than this.
    var link = [CChar](repeating: 0, count: 32)
    // `readlinkat` reads the terminated name and writes no more than the array has room for.
    unsafe eachEntry(of: "/proc/\(pid)/fd") { directory, name in
      let count = unsafe readlinkat(directory, name, &link, link.count)
      guard count > 0, let inode = SocketLink.inode(link.prefix(count)) else { return true }
      return body(inode)
    }
  }

  /// A process's short name, empty when it is gone.
  static func command(of pid: Int32) -> String {
    let name = start(of: "/proc/\(pid)/comm")
    return String(decoding: name.last == UInt8(ascii: "\n") ? name.dropLast() : name, as: UTF8.self)
  }

  /// A process's parent; nil when it is gone, or has none.
  static func parent(of pid: Int32) -> Int32? {
    // The name in the second field may hold anything: what counts stands behind its last parenthesis.
    let text = start(of: "/proc/\(pid)/stat")
    guard let end = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = text[end...].split(separator: UInt8(ascii: " "))
    let parent = fields.count > 2 ? Int32(String(decoding: fields[2], as: UTF8.self)) : nil
    return parent == 0 ? nil : parent
  }

  /// The first bytes of a file in /proc, none when it cannot be read.
  private static func start(of path: String) -> ArraySlice<UInt8> {
    // The path is terminated and only read.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { _ = close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 512)
    // The kernel writes no more than the array has room for.
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    return bytes.prefix(max(0, count))
  }

  /// Calls `body` with the directory's descriptor and each entry's name, until it returns false; with none if it cannot be
  /// read.
  private static func eachEntry(of path: String, _ body: (Int32, UnsafePointer<CChar>) -> Bool) {
    // The stream is closed below whatever happens, and no entry is used after the next one is read.
    guard let stream = unsafe opendir(path) else { return }
    defer { unsafe closedir(stream) }
    let descriptor = unsafe dirfd(stream)
    while let entry = unsafe readdir(stream) {
      // The kernel's names are terminated; the pointer lives as long as the entry.
      let goesOn = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe body(descriptor, $0) }
      }
      if !goesOn { return }
    }
  }
}

/// The operating system's words for its error numbers.
enum SystemWords {
  static func of(_ code: Int32) -> String {
    // `strerror` returns a terminated string that stays valid until the next call; it is copied at once.
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }
}
