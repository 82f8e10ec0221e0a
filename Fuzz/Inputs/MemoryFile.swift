import Glibc

/// A file in memory that can be opened by its path, so that readers meet bytes as they meet a file.
///
/// Its descriptor stays open for the life of the value; ``hold(_:)`` replaces what is in it.
package final class MemoryFile {
  private let descriptor: Int32

  /// Nil when the system has no memory files.
  package init?() {
    let name = "/tcptriage-\(UInt64.random(in: .min ... .max))"
    descriptor = shm_open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    // From now on it lives as long as its descriptors.
    shm_unlink(name)
  }

  deinit { close(descriptor) }

  /// Opening this path starts at the first byte again.
  package var path: String { "/proc/self/fd/\(descriptor)" }

  /// Makes `bytes` the whole content; false when there is no memory for it.
  package func hold(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard ftruncate(descriptor, 0) == 0 else { return false }
    return bytes.isEmpty || pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count
  }

  /// Leaves only the first `count` bytes of the content.
  package func cut(to count: Int) -> Bool { ftruncate(descriptor, count) == 0 }
}
