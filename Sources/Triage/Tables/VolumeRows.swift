import Dissection
import Tracking

/// Bytes that a local host sent and received.
package struct Volume: Sendable {
  /// Payload bytes, each counted once.
  package var sent: UInt64 = 0
  package var received: UInt64 = 0
  package var segments: UInt64 = 0
  package var retransmissions: UInt64 = 0

  mutating func take(_ observation: Observation, isSent: Bool) {
    if isSent { sent &+= observation.freshBytes } else { received &+= observation.freshBytes }
    segments &+= 1
    if observation.kind == .retransmission { retransmissions &+= 1 }
  }
}

extension Volume: Tallied {
  package var weight: UInt64 { sent &+ received }

  package mutating func add(_ other: Self) {
    sent &+= other.sent
    received &+= other.received
    segments &+= other.segments
    retransmissions &+= other.retransmissions
  }
}

/// Slices of packet time: whole multiples of a length, so that the slices of two captures meet.
struct TimeSlices {
  /// ns; nil = one slice for everything.
  let length: Int64?
  /// Beginning of the current slice; of the only one: the first packet.
  private(set) var start: Int64?

  init(_ length: Int64?) { self.length = length }

  /// Moves on to `time`; returns the beginning of the slice that is over, if one is.
  ///
  /// What comes late counts in the current slice.
  mutating func move(to time: Int64) -> Int64? {
    guard let start else {
      start = beginning(time)
      return nil
    }
    let next = beginning(time)
    guard length != nil, next > start else { return nil }
    self.start = next
    return start
  }

  private func beginning(_ time: Int64) -> Int64 {
    guard let length else { return time }
    let rest = time % length
    return time &- (rest < 0 ? rest &+ length : rest)
  }
}

/// Rows of `show top`: who moved most bytes, for each slice of time.
package struct TopRows: TableRows {
  package struct Row: Sendable {
    /// Beginning of the slice, ns since 1970 UTC.
    package var time: Int64
    /// nil = all the others together.
    package var pair: (local: Endpoint, remote: Endpoint)?
    package var volume: Volume
  }

  private struct Key: Hashable, Comparable {
    var local: Endpoint
    var remote: Endpoint

    static func < (a: Self, b: Self) -> Bool { (a.local, a.remote) < (b.local, b.remote) }
  }

  private var slices: TimeSlices
  private let most: Int
  private var volumes = BoundedTally<Key, Volume>()

  /// - Parameters:
  ///   - interval: length of a slice in ns, nil = the whole capture.
  ///   - most: rows of a slice, the others are summed.
  package init(interval: Int64?, most: Int) {
    slices = TimeSlices(interval)
    self.most = most
  }

  package mutating func take(_ observation: Observation, _ local: LocalHosts, _ emit: (Row) -> Void) {
    guard observation.amends == 0, observation.kind != .captureDuplicate else { return }
    if let past = slices.move(to: observation.segment.time) { tell(past, emit) }
    let sides = local.sides(observation)
    volumes.change(Key(local: sides.local, remote: sides.remote)) {
      $0.take(observation, isSent: observation.sender == sides.local)
    }
  }

  package mutating func pass(_ time: Int64, _ emit: (Row) -> Void) {
    if slices.start != nil, let past = slices.move(to: time) { tell(past, emit) }
  }

  package mutating func finish(_ local: LocalHosts, _ emit: (Row) -> Void) {
    if let start = slices.start { tell(start, emit) }
  }

  private mutating func tell(_ time: Int64, _ emit: (Row) -> Void) {
    let (listed, other) = volumes.take(most: most)
    for (key, volume) in listed { emit(Row(time: time, pair: (key.local, key.remote), volume: volume)) }
    if let other { emit(Row(time: time, pair: nil, volume: other)) }
  }
}

/// Rows of `show subnet`: bytes to and from each subnet, for each slice of time.
package struct SubnetRows: TableRows {
  package struct Row: Sendable {
    package var time: Int64
    /// nil = none of the subnets.
    package var subnet: AddressRange?
    package var volume: Volume
  }

  /// The subnets of tcpsubnet, and their like in IPv6.
  package static let usual = [
    "127.0.0.1/32", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "0.0.0.0/0", "fc00::/7", "fe80::/10", "::/0",
  ].compactMap { AddressRange($0) }

  private let subnets: [AddressRange]
  private var slices: TimeSlices
  /// One per subnet, and one for what is in none.
  private var volumes: [Volume]

  /// - Parameters:
  ///   - subnets: the first that holds a remote address counts it.
  ///   - interval: length of a slice in ns, nil = the whole capture.
  package init(_ subnets: [AddressRange], interval: Int64?) {
    self.subnets = subnets
    slices = TimeSlices(interval)
    volumes = Array(repeating: Volume(), count: subnets.count + 1)
  }

  package mutating func take(_ observation: Observation, _ local: LocalHosts, _ emit: (Row) -> Void) {
    guard observation.amends == 0, observation.kind != .captureDuplicate else { return }
    if let past = slices.move(to: observation.segment.time) { tell(past, emit) }
    let sides = local.sides(observation)
    let index = subnets.firstIndex { $0.contains(sides.remote.address) } ?? subnets.count
    volumes[index].take(observation, isSent: observation.sender == sides.local)
  }

  package mutating func pass(_ time: Int64, _ emit: (Row) -> Void) {
    if slices.start != nil, let past = slices.move(to: time) { tell(past, emit) }
  }

  package mutating func finish(_ local: LocalHosts, _ emit: (Row) -> Void) {
    if let start = slices.start { tell(start, emit) }
  }

  private mutating func tell(_ time: Int64, _ emit: (Row) -> Void) {
    let order = volumes.indices.sorted { (volumes[$1].weight, $0) < (volumes[$0].weight, $1) }
    for index in order where volumes[index].segments > 0 {
      emit(Row(time: time, subnet: index < subnets.count ? subnets[index] : nil, volume: volumes[index]))
    }
    volumes = Array(repeating: Volume(), count: volumes.count)
  }
}
