import Tracking

/// The elements of `connections`, written while connections end and put into the report later: a million of them need no
/// more memory than one.
package struct JSONConnectionList: ~Copyable {
  private var json = JSONWriter(depth: JSONReport.connectionsDepth)
  /// How many were added.
  package private(set) var count = 0

  package init() {}

  /// Adds the next element; `sink` gets chunks of about 64 kB.
  package mutating func add(_ connection: ConnectionSummary, to sink: inout some ByteSink & ~Copyable) {
    count += 1
    json.element()
    JSONReport.writeConnection(connection, to: &json)
    if json.bytes.count >= JSONReport.chunk { json.drain(into: &sink) }
  }

  /// Hands over what is left.
  package mutating func flush(to sink: inout some ByteSink & ~Copyable) { json.drain(into: &sink) }
}
