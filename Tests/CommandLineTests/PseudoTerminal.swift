import Foundation
import Glibc

/// A terminal made of a pair of descriptors: what a program writes to `inside` is read from `outside`.
final class PseudoTerminal {
  let inside: Int32
  private let outside: Int32
  /// What stands on the screen, by rows, as a terminal would show what was written so far.
  private(set) var rows: [String]
  /// Whether the other buffer is shown.
  private(set) var isAlternate = false
  /// Control sequences that this terminal does not know.
  private(set) var unknown: [String] = []
  /// How often each row was emptied to be written anew.
  private(set) var renewals: [Int: Int] = [:]
  /// Bytes written so far.
  private(set) var written = 0
  private var pending: [UInt8] = []

  init?(columns: UInt16 = 100, rows: UInt16 = 30) {
    outside = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK)
    var number: Int32 = 0
    var isLocked: Int32 = 0
    let (unlock, name): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    guard ioctl(outside, unlock, &isLocked) == 0, ioctl(outside, name, &number) == 0 else { return nil }
    inside = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    self.rows = []
    guard inside >= 0 else { return nil }
    resize(columns: columns, rows: rows)
  }

  deinit {
    close(inside)
    close(outside)
  }

  func resize(columns: UInt16, rows: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(inside, UInt(TIOCSWINSZ), &size)
    self.rows = Array(repeating: "", count: Int(rows))
  }

  func type(_ text: String) { _ = Array(text.utf8).withUnsafeBytes { write(outside, $0.baseAddress, $0.count) } }

  /// Mode flags that a screen changes.
  var localMode: tcflag_t {
    var mode = termios()
    tcgetattr(inside, &mode)
    return mode.c_lflag
  }

  /// Takes what the program has written until `condition` holds; false when it does not in time.
  func wait(seconds: Double = 5, until condition: (PseudoTerminal) -> Bool) -> Bool {
    let end = Date.now + seconds
    repeat {
      take()
      if condition(self) { return true }
      usleep(5_000)
    } while Date.now < end
    return false
  }

  private func take() {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    while case let count = read(outside, &bytes, bytes.count), count > 0 {
      written += count
      pending += bytes.prefix(count)
    }
    // Half a sequence at the end waits for its other half.
    let end = pending.lastIndex(of: 0x1B) ?? pending.endIndex
    let isWhole = pending[end...].dropFirst(2).contains { (0x40...0x7E).contains($0) }
    let ready = isWhole ? pending[...] : pending[..<end]
    interpret(String(decoding: ready, as: UTF8.self))
    pending.removeFirst(ready.count)
  }

  private var row = 0

  private func interpret(_ text: String) {
    for (index, part) in text.components(separatedBy: "\u{1B}").enumerated() {
      guard index > 0, let final = part.dropFirst().firstIndex(where: { $0.isLetter }) else {
        append(part)
        continue
      }
      obey(String(part[...final]))
      append(String(part[part.index(after: final)...]))
    }
  }

  private func append(_ text: String) {
    if rows.indices.contains(row) { rows[row] += text }
  }

  private func obey(_ sequence: String) {
    switch sequence {
    case "[?1049h": isAlternate = true
    case "[?1049l": isAlternate = false
    case "[2J": rows = rows.map { _ in "" }
    case "[2K":
      renewals[row, default: 0] += 1
      if rows.indices.contains(row) { rows[row] = "" }
    case "[?25h", "[?25l", "[?7h", "[?7l": break
    case let move where move.hasSuffix(";1H"): row = (Int(move.dropFirst().dropLast(3)) ?? 0) - 1
    case let color where color.hasSuffix("m"): break
    default: unknown.append(sequence)
    }
  }
}
