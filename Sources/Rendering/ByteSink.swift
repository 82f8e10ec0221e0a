/// Takes the bytes of an output chunk by chunk: a file, standard output, memory.
package protocol ByteSink: ~Copyable {
  /// Takes the next bytes.
  ///
  /// A sink that cannot go on (closed pipe, full disk) remembers why, turns ``isOpen`` to false and drops the rest.
  mutating func write(_ bytes: [UInt8])

  /// Whether further bytes are of any use; long streams ask now and then and stop early.
  var isOpen: Bool { get }
}

extension ByteSink where Self: ~Copyable {
  package var isOpen: Bool { true }

  /// Takes the UTF-8 of `text`.
  package mutating func write(_ text: String) { write(Array(text.utf8)) }
}

/// Keeps all bytes in memory.
package struct MemorySink: ByteSink {
  /// What was written so far.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func write(_ bytes: [UInt8]) { self.bytes.append(contentsOf: bytes) }

  /// What was written so far, as text.
  package var text: String { String(decoding: bytes, as: UTF8.self) }
}
