/// What someone may have meant who typed a name that does not exist.
package enum NearestNames {
  /// Names at most this many edits away are worth suggesting; else those that contain what was typed, or a word of it.
  private static let mostEdits = 3

  /// Up to three likely names, the likeliest first.
  ///
  /// - Complexity: O(names × length²).
  package static func of(_ typed: String, among names: [String]) -> [String] {
    let typed = typed.lowercased()
    let near = names.map { (distance: edits(Array(typed.utf8), Array($0.utf8)), name: $0) }
      .filter { $0.distance <= min(mostEdits, max(1, $0.name.utf8.count / 2)) }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.map(\.name)
    let ways = [near, names.filter { $0.contains(typed) }, names.filter { sharesWord(typed, $0) }]
    guard typed.utf8.count >= 3 else { return near }
    return Array((ways.first { !$0.isEmpty } ?? []).prefix(3))
  }

  /// Whether what was typed contains one of the words of `name`.
  private static func sharesWord(_ typed: String, _ name: String) -> Bool {
    name.split(separator: "-").contains { $0.utf8.count >= 3 && typed.contains($0) }
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
