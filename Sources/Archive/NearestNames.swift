/// What someone may have meant who typed a name that does not exist.
package enum NearestNames {
  /// Names at most this many edits away, or that contain what was typed, are worth suggesting.
  private static let mostEdits = 3

  /// Up to three likely names, the likeliest first.
  ///
  /// - Complexity: O(names × length²).
  package static func of(_ typed: String, among names: [String]) -> [String] {
    let typed = typed.lowercased()
    let near = names.compactMap { name -> (distance: Int, name: String)? in
      let distance = edits(Array(typed.utf8), Array(name.utf8))
      if distance <= min(mostEdits, max(1, name.utf8.count / 2)) { return (distance, name) }
      let isPart = typed.utf8.count >= 3 && (name.contains(typed) || typed.contains(name))
      return isPart ? (mostEdits + 1, name) : nil
    }
    return near.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
  }

  /// ` (did you mean 'a' or 'b'?)`, or nothing.
  package static func hint(_ typed: String, among names: [String]) -> String {
    let near = of(typed, among: names).map { "'\($0)'" }
    return near.isEmpty ? "" : " (did you mean \(near.joined(separator: " or "))?)"
  }

  /// Insertions, deletions and replacements that turn `a` into `b`, by the usual table, one row at a time.
  private static func edits(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard a.count <= 100 else { return .max }
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in b.enumerated() {
        let replaced = diagonal + (left == right ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
