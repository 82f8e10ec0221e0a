import Dissection
import Frames

/// Puts other names in place of the real ones, right after dissection, so that every output agrees.
struct Anonymity {
  private var addresses: AddressMap
  private var messages: CLCMask

  init(_ key: AnonymityKey) {
    addresses = AddressMap(key)
    messages = CLCMask(key)
  }

  /// The bytes of a block, to be masked.
  static func copy(_ bytes: RawSpan) -> [UInt8] {
    // The bytes are only read, and only during the call.
    unsafe bytes.withUnsafeBytes { unsafe Array($0) }
  }

  /// Maps the addresses of `segments`, and takes names out of their payload in `block`.
  mutating func mask(_ segments: inout [Segment], _ block: inout [UInt8]) {
    for index in segments.indices {
      addresses.map(&segments[index])
      messages.mask(&segments[index], &block)
    }
  }
}

extension CaptureDescription {
  /// The same without the names of files and interfaces.
  package var anonymous: CaptureDescription {
    var result = self
    var names: [String: String] = [:]
    for index in files.indices {
      let name = "capture-\(index + 1)"
      names[files[index].name] = name
      result.files[index].name = name
    }
    for index in interfaces.indices where !interfaces[index].name.isEmpty {
      result.interfaces[index].name = "interface-\(index + 1)"
    }
    for index in problems.indices where !problems[index].file.isEmpty {
      result.problems[index].file = names[problems[index].file] ?? "another input"
    }
    return result
  }
}
