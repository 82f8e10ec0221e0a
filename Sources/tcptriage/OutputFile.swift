import Glibc
import Rendering

/// Writes files whole or not at all: a reader sees the old one or the new one, never a half.
enum OutputFile {
  /// Writes what `body` gives to `path`.
  ///
  /// Into a new file beside it, which then takes its name; devices and pipes are written directly.
  static func write(_ path: String, _ body: (inout DescriptorSink) -> Void) throws(Stop) {
    let target = resolved(path)
    if isSpecial(target) {
      let descriptor = unsafe open(target, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw failure(path, errno) }
      defer { close(descriptor) }
      var sink = DescriptorSink(descriptor)
      body(&sink)
      // Nobody reads the pipe any longer: that is no fault.
      if sink.failure != 0, sink.failure != EPIPE { throw failure(path, sink.failure) }
    } else {
      try replace(target, shown: path, body)
    }
  }

  /// Makes sure that `path` can be written, long before it is.
  static func check(_ path: String) throws(Stop) {
    let target = resolved(path)
    guard !isSpecial(target) else { return }
    let (temporary, descriptor) = try beside(target, shown: path)
    close(descriptor)
    // Made a moment ago, by us.
    unsafe unlink(temporary)
  }

  /// Replaces `path` by the file that `body` makes of an empty one, whose name it is given.
  static func replace(_ path: String, _ body: (String) throws(Stop) -> Void) throws(Stop) {
    let target = resolved(path)
    let (temporary, descriptor) = try beside(target, shown: path)
    close(descriptor)
    do throws(Stop) { try body(temporary) } catch {
      unsafe unlink(temporary)
      throw error
    }
    try rename(temporary, target, shown: path)
  }

  private static func replace(
    _ target: String, shown path: String, _ body: (inout DescriptorSink) -> Void
  ) throws(Stop) {
    let (temporary, descriptor) = try beside(target, shown: path)
    var sink = DescriptorSink(descriptor)
    body(&sink)
    var code = sink.failure
    if close(descriptor) != 0, code == 0 { code = errno }
    guard code != 0 else { return try rename(temporary, target, shown: path) }
    unsafe unlink(temporary)
    throw failure(path, code)
  }

  /// A new file in the folder of `target`.
  private static func beside(
    _ target: String, shown path: String
  ) throws(Stop) -> (name: String, descriptor: Int32) {
    let parts = target.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.dropLast().map { $0 + "/" }.joined()
    let name = "\(folder).tcptriage-\(getpid())-\(parts.last?.prefix(200) ?? "")"
    // Nobody else's file is opened: `O_EXCL` fails when the name is taken, links included.
    let descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path, errno) }
    return (name, descriptor)
  }

  private static func rename(_ temporary: String, _ target: String, shown path: String) throws(Stop) {
    // Both texts are terminated and only read.
    guard unsafe Glibc.rename(temporary, target) != 0 else { return }
    let code = errno
    unsafe unlink(temporary)
    throw failure(path, code)
  }

  /// Where a link leads, so that the link stays one.
  private static func resolved(_ path: String) -> String {
    // `realpath` allocates the answer, which is copied and freed.
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  private static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    // `stat` fills the local that it is given.
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
  }

  private static func failure(_ path: String, _ code: Int32) -> Stop {
    Stop(.input, "\(path): The file cannot be written (\(SystemError.words(code))).")
  }
}
