/// A key of the terminal.
package enum LiveKey: Sendable, Hashable {
  case character(Character)
  case up, down, pageUp, pageDown, home, end, enter, backspace, escape
}

/// Makes keys of the bytes that a terminal sends, however reads cut them.
///
/// Source: ECMA-48 §5.4 (control sequences), xterm's ctlseqs ("PC-Style Function Keys").
package struct LiveKeyDecoder: Sendable {
  /// No key is longer; what is, is noise.
  private static let longest = 32

  /// The beginning of a sequence whose end has not come yet.
  private var pending: [UInt8] = []

  package init() {}

  /// Whether more bytes may make a key of what has come so far.
  package var isWaiting: Bool { !pending.isEmpty }

  /// The keys that are complete with `bytes`.
  package mutating func keys(_ bytes: some Sequence<UInt8>) -> [LiveKey] {
    var keys: [LiveKey] = []
    for byte in bytes {
      // The second Escape begins a sequence of its own.
      if pending == [0x1B], byte == 0x1B {
        keys.append(.escape)
        continue
      }
      pending.append(byte)
      switch Self.read(pending) {
      case .incomplete where pending.count < Self.longest: continue
      case .key(let key): keys.append(key)
      case .escapeThen(let key): keys += [.escape, key]
      case .nothing, .incomplete: break
      }
      pending.removeAll(keepingCapacity: true)
    }
    return keys
  }

  /// The keys that are left when nothing more has come for a while: an escape byte alone is the Escape key.
  package mutating func flush() -> [LiveKey] {
    defer { pending.removeAll(keepingCapacity: true) }
    return pending == [0x1B] ? [.escape] : []
  }

  private enum Reading {
    case incomplete, nothing
    case key(LiveKey)
    case escapeThen(LiveKey)
  }

  private static func read(_ bytes: [UInt8]) -> Reading {
    switch bytes[0] {
    case 0x1B: bytes.count == 1 ? .incomplete : sequence(bytes)
    case 0x0D, 0x0A: .key(.enter)
    case 0x7F, 0x08: .key(.backspace)
    case 0..<0x20: .nothing
    default: character(bytes)
    }
  }

  /// `ESC [ parameters final`, `ESC O final`; anything else is Escape and a key.
  private static func sequence(_ bytes: [UInt8]) -> Reading {
    guard bytes[1] == UInt8(ascii: "[") || bytes[1] == UInt8(ascii: "O") else {
      if case .key(let key) = read([bytes[1]]) { return .escapeThen(key) }
      return .nothing
    }
    guard bytes.count > 2, let last = bytes.last else { return .incomplete }
    guard (0x40...0x7E).contains(last) else { return (0x20..<0x40).contains(last) ? .incomplete : .nothing }
    let parameters = String(decoding: bytes[2...].dropLast(), as: UTF8.self)
    switch (last, parameters) {
    case (UInt8(ascii: "A"), _): return .key(.up)
    case (UInt8(ascii: "B"), _): return .key(.down)
    case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): return .key(.home)
    case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): return .key(.end)
    case (UInt8(ascii: "~"), "5"): return .key(.pageUp)
    case (UInt8(ascii: "~"), "6"): return .key(.pageDown)
    case (UInt8(ascii: "M"), _) where bytes[1] == UInt8(ascii: "O"): return .key(.enter)
    default: return .nothing
    }
  }

  private static func character(_ bytes: [UInt8]) -> Reading {
    let length: Int
    switch bytes[0] {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    case 0x80...0xFF: return .nothing
    default: length = 1
    }
    if bytes.count < length { return (bytes.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }) ? .incomplete : .nothing }
    guard let text = String(validating: bytes, as: UTF8.self), let character = text.first, text.count == 1 else {
      return .nothing
    }
    return .key(.character(character))
  }
}
