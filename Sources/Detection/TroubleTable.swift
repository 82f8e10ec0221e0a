/// A dictionary over connections, directions or hosts that refuses to grow without bound: what does not fit is left out.
///
/// Values keep their places and keys lead to them: they are large, and a dictionary moves its values about whenever one
/// goes or the table grows.
struct TroubleTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Entry: Sendable {
    let key: Key
    var value: Value

    mutating func change<R>(_ body: (inout Value) -> R) -> R { body(&value) }
  }

  /// Nil where a value has gone; those places are in `free`.
  private var entries: [Entry?] = []
  private var free: [Int32] = []
  private var places: [Key: Int32] = [:]
  private let most: Int

  init(most: Int = 20_000) { self.most = most }

  var isEmpty: Bool { places.isEmpty }
  var isFull: Bool { places.count >= most }
  var count: Int { places.count }
  var keys: [Key] { Array(places.keys) }
  /// In no order that means anything.
  var values: some Sequence<Value> { entries.lazy.compactMap { $0?.value } }
  /// All of it, for the one time that findings are asked for.
  var dictionary: [Key: Value] { places.compactMapValues { entries[Int($0)]?.value } }

  func contains(_ key: Key) -> Bool { places[key] != nil }

  subscript(key: Key) -> Value? { places[key].flatMap { entries[Int($0)]?.value } }

  /// Changes the value of `key`, made by `fresh` when there is none; nil when the table is full.
  @discardableResult
  mutating func update<R>(_ key: Key, fresh: @autoclosure () -> Value, _ body: (inout Value) -> R) -> R? {
    if let place = places[key] { return entries[Int(place)]?.change(body) }
    guard !isFull else { return nil }
    let place = free.popLast() ?? Int32(entries.count)
    places[key] = place
    if Int(place) == entries.count { append() }
    entries[Int(place)] = Entry(key: key, value: fresh())
    return entries[Int(place)]?.change(body)
  }

  /// One more place; all are reserved with the first, because untouched they cost nothing and growing copies them all.
  private mutating func append() {
    if entries.isEmpty { entries.reserveCapacity(most) }
    entries.append(nil)
  }

  /// Changes the value of `key` if there is one.
  @discardableResult
  mutating func change<R>(_ key: Key, _ body: (inout Value) -> R) -> R? {
    guard let place = places[key] else { return nil }
    return entries[Int(place)]?.change(body)
  }

  /// Lets go of a value unless `isWanted` says that it is still wanted, perhaps changed.
  mutating func keep(_ key: Key, if isWanted: (inout Value) -> Bool) {
    guard let place = places[key], entries[Int(place)]?.change(isWanted) == false else { return }
    vacate(place, key)
  }

  /// Takes a value out.
  mutating func remove(_ key: Key) -> Value? {
    guard let place = places[key] else { return nil }
    let value = entries[Int(place)]?.value
    vacate(place, key)
    return value
  }

  /// Takes out the eighth of a full table whose `lastTime` is the earliest, for others that are in trouble now.
  ///
  /// - Complexity: amortized O(log n) for each value that came since.
  mutating func makeRoom(_ lastTime: (Value) -> Int64) -> [(key: Key, value: Value)] {
    guard isFull else { return [] }
    let room = most / 8 + 1
    let times = entries.compactMap { $0.map { lastTime($0.value) } }.sorted()
    guard let limit = times.prefix(room).last else { return [] }
    var gone: [(key: Key, value: Value)] = []
    for place in entries.indices where gone.count < room {
      guard let entry = entries[place], lastTime(entry.value) <= limit else { continue }
      gone.append((entry.key, entry.value))
      vacate(Int32(place), entry.key)
    }
    return gone
  }

  private mutating func vacate(_ place: Int32, _ key: Key) {
    places[key] = nil
    entries[Int(place)] = nil
    free.append(place)
  }
}
