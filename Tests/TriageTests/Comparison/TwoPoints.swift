import CaptureFiles
import Foundation
import Frames
import TestSupport

@testable import Scenarios
@testable import Triage

/// A story seen at two points: the first one near the client, the second one near the server, 5 ms apart.
struct TwoPoints {
  var packets: [Packet]
  /// What the second point sees instead of a packet; nothing when it was lost on the way.
  var change: (Int, Packet) -> [Packet] = { _, packet in [packet] }
  /// Nanoseconds that the second clock is ahead, and how much faster it goes.
  var offset: Int64 = 0
  var drift = 0.0
  var ipv6 = false
  var snapLength: UInt32 = 128

  static let way: Int64 = 5_000_000

  init(_ story: String) throws { packets = try Scenario(parsing: "# Two points.\n" + story).packets() }

  /// The frames at a point, in the order of their times there.
  func frames(_ point: Int) -> [WritableFrame] {
    let encoder = FrameEncoder(linkType: .ethernet, ipv6: ipv6, vlan: nil)
    let seen = packets.enumerated().flatMap { index, packet -> [Packet] in
      // Going from the client, the first point comes first.
      let isBehind = packet.fromClient == (point == 1)
      return (isBehind ? change(index, packet).map { behind($0) } : [packet]).map { moved($0, point) }
    }
    return seen.sorted { $0.time < $1.time }.map { packet in
      let skew = point == 1 ? offset + Int64(drift * Double(packet.time)) : 0
      return WritableFrame(time: 1_700_000_000_000_000_000 + packet.time + skew, bytes: encoder.bytes(packet))
    }
  }

  private func behind(_ packet: Packet) -> Packet {
    var packet = packet
    packet.timeToLive -= 3
    return packet
  }

  private func moved(_ packet: Packet, _ point: Int) -> Packet {
    var packet = packet
    packet.time += packet.fromClient == (point == 1) ? Self.way / 2 : -Self.way / 2
    return packet
  }

  func log(_ point: Int) -> SightingLog { Self.log(frames(point), snapLength: snapLength) }

  func comparison() -> PointComparison { PointAnalysis.compare(log(0), log(1)) }

  static func log(_ frames: [WritableFrame], snapLength: UInt32 = .max, maxMemory: Int = 1 << 28) -> SightingLog {
    var source = MemorySource(frames, snapLength: snapLength)
    var log = SightingLog(maxMemory: maxMemory)
    while source.nextBatch({ log.take($0, filter: Optional<AnyFrame>.none) }) {}
    return log
  }

  static func log(file path: String) throws -> SightingLog {
    var reader = try CaptureReader.open(paths: [path])
    var log = SightingLog(maxMemory: 1 << 28)
    while reader.nextBatch({ log.take($0, filter: Optional<AnyFrame>.none) }) {}
    return log
  }

  private struct AnyFrame: FrameFilter {
    func accepts(_ record: FrameRecord, _ bytes: RawSpan) -> Bool { true }
  }

  /// Captures of the archive.
  static let archive = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "captures")
}
