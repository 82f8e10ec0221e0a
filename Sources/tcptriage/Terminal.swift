import Glibc

/// What the place that text goes to can do.
enum Terminal {
  /// Whether a descriptor is a terminal.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Columns and rows of a terminal; nil for anything else.
  static func size(_ descriptor: Int32) -> (columns: Int, rows: Int)? {
    var size = winsize()
    // `ioctl` fills the local that it is given.
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return (Int(size.ws_col), size.ws_row > 0 ? Int(size.ws_row) : 24)
  }

  /// A variable of the environment, nil when it is missing or empty.
  static func environment(_ name: String) -> String? {
    // The text is terminated and copied at once; nothing here changes the environment.
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// Whether a terminal understands more than plain lines.
  static var isCapable: Bool { environment("TERM").map { $0 != "dumb" } ?? false }

  /// Nanoseconds of a clock that never goes back; for the progress bar and live mode only.
  static func now() -> Int64 { read(CLOCK_MONOTONIC) }

  /// Nanoseconds since 1970 UTC by the host's clock; for live mode only.
  static func time() -> Int64 { read(CLOCK_REALTIME) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    // `clock_gettime` fills the local that it is given.
    _ = unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
