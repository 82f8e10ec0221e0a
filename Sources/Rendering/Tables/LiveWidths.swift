/// Widths of the columns of a table whose rows are printed as they come.
///
/// Those of the BCC tools: nobody can wait for the longest address, and what is longer pushes its line out.
enum LiveWidths {
  /// Columns of the screen that the cells of a table's column usually take, at least.
  static func usual(_ column: Column) -> Int { widths[column.name] ?? 0 }

  private static let address = 15
  private static let endpoint = 21
  private static let widths = [
    "pid": 7, "comm": 15, "uid": 5, "laddr": address, "raddr": address, "saddr": address, "daddr": address, "lport": 5,
    "rport": 5, "sport": 5, "dport": 5, "laddr_lport": endpoint, "raddr_rport": endpoint, "state": 11, "oldstate": 11,
    "newstate": 11, "seq": 10, "length": 5, "cause": 12, "ms": 10, "lat_ms": 9, "rtt_ms": 8, "handshake_rtt_ms": 8,
    "stall_ms": 9, "outcome": 11, "end": 6, "time_s": 11, "tx_kb": 7, "rx_kb": 7, "bytes": 10, "rx_bytes": 10,
    "tx_bytes": 10, "frame": 6, "connection": 4, "closed_by": 12, "shown_by": 12, "ending": 15, "captured_at": 6,
    "unseen": 6, "subnet": 18, "segments": 8,
  ]
}
