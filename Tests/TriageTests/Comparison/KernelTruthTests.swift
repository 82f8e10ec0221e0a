import Foundation
import Testing

@testable import Triage

/// Archived cases that were captured at both hosts.
enum KernelPairs {
  static let all: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: TwoPoints.archive.path)) ?? []
    return names.filter { name in
      ["client", "server"].allSatisfy { side in
        FileManager.default.fileExists(atPath: TwoPoints.archive.appending(path: "\(name)/\(side).pcap.gz").path)
      }
    }.sorted()
  }()
}

/// What two captures say was lost between them, against the kernels' own account of every frame.
@Suite("Loss between two points is what the kernels say it was")
struct KernelTruthTests {
  /// Captures that end after so many frames, so that what was on its way then is in one of them only.
  private static let cut = [
    "kernel-ack-loop-ack-storm", "kernel-ack-loop-seq-storm-v6", "kernel-ack-loop-ts-storm",
    "kernel-many-short",
  ]
  /// The last segment was lost when the other capture had seen its last frame: told, but not counted.
  private static let endsEarly = ["kernel-zero-window-probe-loss"]

  /// What one host's kernel says of its frames.
  private struct Account {
    var sent: [Int] = []
    var received: [Int] = []

    init(_ name: String, _ side: String) throws {
      let file = TwoPoints.archive.appending(path: "\(name)/truth.\(side).tsv.gz")
      let lines = try Self.unpacked(file).split(separator: "\n").map {
        $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      }
      let names = try #require(lines.first)
      for line in lines.dropFirst() {
        let row = Dictionary(uniqueKeysWithValues: zip(names, line))
        let isSet = { (column: String) in !["", "0"].contains(row[column] ?? "") }
        let payload = Int(row["payload"] ?? "") ?? 0
        if isSet("sent_here") {
          sent.append(payload)
        } else if !isSet("netdup"), !isSet("forged") {
          received.append(payload)
        }
      }
    }

    private static func unpacked(_ file: URL) throws -> String {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["gzip", "-dc", file.path]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: data, as: UTF8.self)
    }
  }

  @Test("there are captures of both sides, and some of them lossy")
  func cases() { #expect(KernelPairs.all.count >= 54 && KernelPairs.all.contains("kernel-loss-both")) }

  @Test("in every archived pair, per direction, segments and bytes", arguments: KernelPairs.all)
  func loss(name: String) throws {
    let folder = TwoPoints.archive.appending(path: name).path
    let result = PointAnalysis.compare(
      try TwoPoints.log(file: folder + "/client.pcap.gz"), try TwoPoints.log(file: folder + "/server.pcap.gz"))
    let accounts = [try Account(name, "client"), try Account(name, "server")]
    #expect(result.isSameTraffic && result.limits.isEmpty)
    #expect(result.clientNearSecond == 0 && result.clientNearFirst == result.connectionCount)
    for travel in Travel.allCases {
      let (front, behind) = (accounts[travel.rawValue], accounts[1 - travel.rawValue])
      let count = result.totals[travel.rawValue]
      let bytes = front.sent.reduce(0, +) - behind.received.reduce(0, +)
      let frames = front.sent.count - behind.received.count
      #expect(count.hops == 2 && count.missed == 0)
      if Self.cut.contains(name) {
        #expect(count.lost == 0)
      } else if Self.endsEarly.contains(name) {
        #expect(Int(count.lost + count.outside) == frames)
      } else {
        #expect(Int(count.lostBytes) == bytes)
        #expect(count.outside == 0)
        // With offloading, frames are no segments; bytes are bytes.
        let isWire = front.sent.allSatisfy { $0 <= 1_460 }
        if isWire { #expect(Int(count.lost) == frames) } else { #expect(count.lost == UInt64(bytes + 1_447) / 1_448) }
      }
    }
  }

  @Test("Swapped arguments swap the answer", arguments: ["kernel-loss-both", "kernel-loss-2-v6"])
  func swapped(name: String) throws {
    let folder = TwoPoints.archive.appending(path: name).path
    let files = ["client", "server"].map { "\(folder)/\($0).pcap.gz" }
    let there = PointAnalysis.compare(try TwoPoints.log(file: files[0]), try TwoPoints.log(file: files[1]))
    let back = PointAnalysis.compare(try TwoPoints.log(file: files[1]), try TwoPoints.log(file: files[0]))
    #expect(there.totals.map(\.lost) == back.totals.reversed().map(\.lost))
    #expect(there.totals.map(\.sent) == back.totals.reversed().map(\.sent))
    #expect(back.clientNearSecond == back.connectionCount)
    #expect(abs(there.clock.difference + back.clock.difference) < 1_000)
  }

  @Test("The hosts of the lab share one clock, 10 ms apart", arguments: ["kernel-loss-2", "kernel-clean-cubic"])
  func clocks(name: String) throws {
    let folder = TwoPoints.archive.appending(path: name).path
    let result = PointAnalysis.compare(
      try TwoPoints.log(file: folder + "/client.pcap.gz"), try TwoPoints.log(file: folder + "/server.pcap.gz"))
    #expect(abs(result.clock.difference) < 500_000 && result.clock.drift == 0)
    for delay in result.delays {
      let delay = try #require(delay)
      #expect((9.5e6...11e6).contains(delay.least) && delay.median >= delay.least && delay.most >= delay.high)
    }
  }
}
