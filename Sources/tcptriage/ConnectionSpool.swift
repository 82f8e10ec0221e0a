import Glibc
import Rendering
import Tracking

/// The JSON of every connection for `--all-connections`, kept in a file while the capture is read.
///
/// The file has no name, so that it is gone with the program, whatever ends it. Connections stand in the order in which
/// they ended.
final class ConnectionSpool {
  private var list = JSONConnectionList()
  private var sink: DescriptorSink

  /// - Throws: when no folder takes a temporary file.
  init() throws(Stop) { sink = DescriptorSink(try Self.namelessFile()) }

  deinit { close(sink.descriptor) }

  /// How many connections were taken.
  var count: Int { list.count }

  func take(_ ends: [ConnectionEnd]) {
    for end in ends where sink.isOpen { list.add(ConnectionSummary(end), to: &sink) }
  }

  /// Ends the list, and complains when the disk could not take all of it: the other reports can still be written.
  func finish() {
    list.flush(to: &sink)
    if sink.failure != 0 { Console.complain(Self.sentence(sink.failure)) }
  }

  /// Writes the whole list to `other`, as often as wanted; fails there when the list is not whole.
  func copy(to other: inout DescriptorSink) {
    if !sink.isOpen { return other.fail(sink.failure) }
    var chunk = [UInt8](repeating: 0, count: 65_536)
    var offset = 0
    while other.isOpen {
      // The pointer and the count are those of the array, which lives through the call.
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe pread(sink.descriptor, $0.baseAddress, $0.count, offset)
      }
      if count > 0 {
        other.write(count == chunk.count ? chunk : Array(chunk.prefix(count)))
        offset += count
      } else if count == 0 {
        return
      } else if errno != EINTR {
        other.fail(errno)
      }
    }
  }

  /// A file in the folder for large temporary files that nobody else can open.
  private static func namelessFile() throws(Stop) -> Int32 {
    // `getenv` gives a terminated text or nothing; it is copied at once.
    let wanted = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) }
    var failure: Int32 = 0
    for folder in [wanted, "/var/tmp", "/tmp"].compactMap({ $0 }) where !folder.isEmpty {
      var path = Array("\(folder)/tcptriage-XXXXXX".utf8CString)
      // `mkstemp` overwrites six characters of the terminated text that it is given, `unlink` only reads it.
      let descriptor = unsafe path.withUnsafeMutableBufferPointer { text -> Int32 in
        guard let name = text.baseAddress else { return -1 }
        let descriptor = unsafe mkstemp(name)
        if descriptor >= 0 { unsafe unlink(name) }
        return descriptor
      }
      if descriptor >= 0 { return descriptor }
      failure = errno
    }
    throw Stop(.input, sentence(failure))
  }

  private static func sentence(_ code: Int32) -> String {
    "A temporary file cannot take all connections (\(SystemError.words(code))); set TMPDIR to a folder with room."
  }
}
