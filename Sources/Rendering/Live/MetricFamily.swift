import Frames

/// One metric with all its samples, as text for Prometheus and what reads its format.
///
/// A metric with the same labels twice would make a scraper refuse the whole page, so the first one stands alone.
/// Source: Prometheus text exposition format 0.0.4.
struct MetricFamily {
  enum Kind: String {
    /// Never becomes less while the program runs.
    case counter
    case gauge
  }

  private(set) var text: String
  private let name: String
  private var labels: Set<String> = []

  /// Begins a metric; `help` is a literal sentence without line ends and backslashes.
  init(_ kind: Kind, _ name: String, _ help: StaticString) {
    self.name = name
    text = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// Adds a sample; values of labels may come from strangers.
  mutating func add(_ value: some BinaryInteger, _ pairs: KeyValuePairs<StaticString, String> = [:]) {
    add("\(value)", pairs)
  }

  /// Adds a point in time in seconds since 1970, told in nanoseconds.
  mutating func add(time: Int64) { add(PacketTime.seconds(time), [:]) }

  private mutating func add(_ value: String, _ pairs: KeyValuePairs<StaticString, String>) {
    let list = pairs.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    guard labels.insert(list).inserted else { return }
    text += list.isEmpty ? "\(name) \(value)\n" : "\(name){\(list)} \(value)\n"
  }

  /// Control characters are shown, as people read such pages in terminals; then what the format itself reserves.
  private static func escaped(_ value: String) -> String {
    var result = ""
    for scalar in Visible.text(value).unicodeScalars {
      if scalar == "\\" || scalar == "\"" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
