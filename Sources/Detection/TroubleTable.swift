/// A dictionary over connections, directions or hosts that refuses to grow without bound: what does not fit is left out.
///
/// Values lie side by side and keys lead to them: they are large, and a dictionary moves its values about whenever one
/// goes or the table grows.
struct TroubleTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  struct Entry: Sendable {
    let key: Key
    var value: Value
  }

  /// In no order that means anything.
  private(set) var entries: [Entry] = []
  private var places: [Key: Int32] = [:]
  private let most: Int

  init(most: Int = 20_000) { self.most = most }

  var isEmpty: Bool { entries.isEmpty }
  /// All of it, for the one time that findings are asked for.
  var dictionary: [Key: Value] { Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value) }) }
  var keys: some Sequence<Key> { places.keys }

  func contains(_ key: Key) -> Bool { places[key] != nil }

  subscript(key: Key) -> Value? { places[key].map { entries[Int($0)].value } }

  /// Changes the value of `key`, made by `fresh` when there is none; nil when the table is full.
  @discardableResult
  mutating func update<R>(_ key: Key, fresh: @autoclosure () -> Value, _ body: (inout Value) -> R) -> R? {
    if let place = places[key] { return body(&entries[Int(place)].value) }
    guard entries.count < most else { return nil }
    places[key] = Int32(entries.count)
    entries.append(Entry(key: key, value: fresh()))
    return body(&entries[entries.count - 1].value)
  }

  /// Changes the value of `key` if there is one.
  @discardableResult
  mutating func change<R>(_ key: Key, _ body: (inout Value) -> R) -> R? {
    places[key].map { body(&entries[Int($0)].value) }
  }

  /// The last value takes the place of the one that goes.
  @discardableResult
  mutating func remove(_ key: Key) -> Value? {
    guard let place = places.removeValue(forKey: key) else { return nil }
    var gone = entries.removeLast()
    if Int(place) < entries.count {
      swap(&gone, &entries[Int(place)])
      places[entries[Int(place)].key] = place
    }
    return gone.value
  }
}
