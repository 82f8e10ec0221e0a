import Frames
import Glibc

/// One line on the terminal while files are read, gone when they are: bytes, share, rates, time left.
struct Progress {
  /// Ten times a second is smooth; more would only cost.
  private static let interval = PacketTime.second / 10
  /// Nothing is shown for what is over in a blink.
  private static let patience = PacketTime.second / 4

  private let isShown: Bool
  private var start: Int64 = 0
  private var last: Int64 = 0
  private var hasLine = false
  /// Bytes of all inputs; nil when one is a pipe.
  private var total: UInt64?

  init(quiet: Bool) {
    isShown = !quiet && Terminal.isTerminal(STDERR_FILENO) && Terminal.isCapable
  }

  mutating func begin(total: UInt64?) {
    guard isShown else { return }
    self.total = total
    start = Terminal.now()
    last = start + Self.patience - Self.interval
  }

  mutating func update(bytes: UInt64, frames: UInt64) {
    guard isShown else { return }
    let now = Terminal.now()
    guard now - last >= Self.interval else { return }
    last = now
    let columns = Terminal.size(STDERR_FILENO)?.columns ?? 80
    let line = Self.line(bytes: bytes, total: total, frames: frames, elapsed: now - start)
    write("\r\(line.prefix(max(10, columns - 1)))\u{1B}[K")
    hasLine = true
  }

  mutating func end() {
    guard hasLine else { return }
    write("\r\u{1B}[K")
    hasLine = false
  }

  /// ` 45 %  1.2 of 2.6 GB  812 MB/s  3.1 M packets/s  0:02 left`; without a total no share and no time left.
  static func line(bytes: UInt64, total: UInt64?, frames: UInt64, elapsed: Int64) -> String {
    let seconds = max(Double(elapsed) / 1e9, 1e-3)
    let rate = Double(bytes) / seconds
    let packets = number(Double(frames) / seconds)
    let rates = "\(number(rate))B/s  \(packets.hasSuffix(" ") ? packets : packets + " ")packets/s"
    guard let total, total > 0 else { return "\(number(Double(bytes)))B  \(rates)" }
    // A file may have grown since its size was asked for.
    let share = Int(Double(min(bytes, total)) / Double(total) * 100)
    let left = rate > 0 ? Double(total - min(bytes, total)) / rate : 0
    let amount = "\(number(Double(bytes)))B of \(number(Double(total)))B"
    return "\(share < 10 ? " " : "")\(share) %  \(amount)  \(rates)  \(clock(left)) left"
  }

  /// Three digits and a decimal prefix: `12.3 M`.
  private static func number(_ value: Double) -> String {
    var value = value
    for prefix in ["", "k", "M", "G"] {
      if value < 999.5 { return digits(value) + " " + prefix }
      value /= 1000
    }
    return digits(value) + " T"
  }

  private static func digits(_ value: Double) -> String {
    value < 99.95 && value != value.rounded() ? "\((value * 10).rounded() / 10)" : "\(Int(min(value.rounded(), 1e15)))"
  }

  private static func clock(_ seconds: Double) -> String {
    let whole = Int(min(seconds.rounded(.up), 359_999))
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    func pad(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return hours > 0 ? "\(hours):\(pad(minutes)):\(pad(rest))" : "\(minutes):\(pad(rest))"
  }

  private func write(_ text: String) {
    var sink = DescriptorSink(STDERR_FILENO)
    sink.write(Array(text.utf8))
  }
}
