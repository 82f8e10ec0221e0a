import Glibc

/// What went wrong, in a sentence.
struct GeneratorError: Error, CustomStringConvertible {
  let description: String
}

/// A file open for writing; the only place of the generator that hands memory to the system.
struct OutputFile: ~Copyable {
  static let standardError: CInt = 2

  private let path: String
  private let descriptor: CInt

  init(path: String) throws(GeneratorError) {
    self.path = path
    // The string is passed as a terminated copy that outlives the call.
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw Self.failure(path) }
  }

  deinit {
    close(descriptor)
  }

  /// Writes the first `count` bytes of `bytes`.
  func write(_ bytes: [UInt8], count: Int) throws(GeneratorError) {
    guard Self.write(bytes, count: count, to: descriptor) else { throw Self.failure(path) }
  }

  /// Returns whether everything was written; `errno` tells why not.
  @discardableResult
  static func write(_ bytes: [UInt8], count: Int, to descriptor: CInt) -> Bool {
    // `rebasing` checks that the range lies inside the array, which outlives the closure.
    unsafe bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done..<count])
        let written = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        guard written > 0 else { return false }
        done += written
      }
      return true
    }
  }

  private static func failure(_ path: String) -> GeneratorError {
    let reason = unsafe String(cString: strerror(errno))  // strerror always returns a terminated string
    return GeneratorError(description: "cannot write \(path): \(reason)")
  }
}
