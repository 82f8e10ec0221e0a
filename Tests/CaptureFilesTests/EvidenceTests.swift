import Frames
import Glibc
import Testing

@testable import CaptureFiles

@Suite("The packets around a finding are kept")
struct EvidenceTests {
  private let interfaces = RollingTests.interfaces

  private func frames(_ count: Int, from start: Int64, size: Int) -> [WritableFrame] {
    (0..<count).map { index in
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &+ index) }
      return WritableFrame(time: start + Int64(index) * PacketTime.millisecond, bytes: bytes)
    }
  }

  @Test("what was before the finding, and five seconds after it")
  func around() throws {
    let scratch = Scratch()
    let keeper = try EvidenceKeeper(EvidencePlan(directory: scratch.path), interfaces: interfaces)
    #expect(!keeper.save("too-early"))
    let all = frames(9_000, from: 1_700_000_000_000_000_000, size: 60)
    batch(Array(all.prefix(1_000)), interfaces: 2, keeper.take)
    #expect(keeper.save("ack-loop-1"))
    batch(Array(all.dropFirst(1_000)), interfaces: 2, keeper.take)
    while keeper.status.files < 1 { usleep(1_000) }
    let summary = keeper.finish()
    #expect(summary.paths == ["\(scratch.path)/evidence-ack-loop-1.pcapng"] && summary.status.failure == nil)
    let reading = try read(summary.paths)
    #expect(reading.frames.count == 6_000 && reading.times == all.prefix(6_000).map(\.time))
    #expect(reading.frames.map(\.bytes) == all.prefix(6_000).map(\.bytes))
    #expect(summary.status.frames == 6_000 && summary.status.bytes == reading.bytesTotal)
    #expect(reading.description.problems.isEmpty && reading.description.interfaces.map(\.name) == ["eth0", "eth1"])
  }

  @Test("memory is bounded: only the latest frames are there, and only a quarter as many follow")
  func bounded() throws {
    let scratch = Scratch()
    var plan = EvidencePlan(directory: scratch.path)
    plan.bytes = 8 << 20
    let keeper = try EvidenceKeeper(plan, interfaces: interfaces)
    let many = frames(2_000, from: 1_700_000_000_000_000_000, size: 1_000)
    for _ in 0..<10 { batch(many, keeper.take) }
    #expect(keeper.save("a"))
    for _ in 0..<10 { batch(many, keeper.take) }
    let summary = keeper.finish()
    let bytes = Int(summary.status.bytes)
    #expect(bytes > 9 << 20 && bytes < 21 << 19)
    #expect(try read(summary.paths).frames.count == Int(summary.status.frames))
  }

  @Test("frames that find all memory waiting for the disk are counted, and told by the file that lacks them")
  func slow() throws {
    let scratch = Scratch()
    let isStuck = Flag()
    let disk = Disk { descriptor, bytes in
      while isStuck.isSet { usleep(1_000) }
      return Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }
    var plan = EvidencePlan(directory: scratch.path)
    plan.bytes = 8 << 20
    let keeper = try EvidenceKeeper(plan, interfaces: interfaces, disk: disk)
    let many = frames(2_000, from: 1_700_000_000_000_000_000, size: 1_000)
    for _ in 0..<5 { batch(many, keeper.take) }
    #expect(keeper.save("first") && keeper.save("second"))
    for _ in 0..<10 { batch(many, keeper.take) }
    let missed = keeper.status.framesNotWritten
    #expect(missed > 0)
    isStuck.clear()
    while keeper.status.files < 2 { usleep(1_000) }
    batch(many, keeper.take)
    #expect(keeper.save("third"))
    let summary = keeper.finish()
    #expect(summary.status.framesNotWritten == missed && summary.paths.count == 3)
    let drops = try summary.paths.map { try read([$0]).description.interfaces[0].reportedDrops ?? 0 }
    #expect(drops == [0, 0, missed])
  }

  @Test("a silent line does not keep evidence from the disk")
  func silent() throws {
    let scratch = Scratch()
    let keeper = try EvidenceKeeper(EvidencePlan(directory: scratch.path), interfaces: interfaces)
    batch(someFrames(5), keeper.take)
    #expect(keeper.save("x"))
    for _ in 0..<5 { keeper.flush() }
    while keeper.status.files < 1 { usleep(1_000) }
    #expect(keeper.finish().status.frames == 5)
  }

  @Test("so many files and no more, with names that are safe, and never over another file")
  func names() throws {
    let scratch = Scratch()
    let mine = scratch.write([1], "evidence-a.pcapng")
    var plan = EvidencePlan(directory: scratch.path)
    plan.files = 3
    let keeper = try EvidenceKeeper(plan, interfaces: interfaces)
    batch(someFrames(5), keeper.take)
    #expect(keeper.save("a") && keeper.save("../../b c\u{1B}/é") && keeper.save("") && !keeper.save("d"))
    let names = keeper.finish().paths.map { $0.dropFirst(scratch.path.count + 1) }
    #expect(names == ["evidence-a-2.pcapng", "evidence-..-..-b-c---.pcapng", "evidence-.pcapng"])
    #expect(Scratch.read(mine) == [1])
  }

  @Test("a disk that is full is told of, and what does not fit is counted", arguments: [0, 100, 700])
  func full(_ room: Int) throws {
    let scratch = Scratch()
    let left = Flag(room)
    let disk = Disk { descriptor, bytes in
      let count = left.take(bytes.count)
      guard count > 0 else {
        errno = ENOSPC
        return -1
      }
      return Glibc.write(descriptor, bytes.baseAddress, count)
    }
    let keeper = try EvidenceKeeper(EvidencePlan(directory: scratch.path), interfaces: interfaces, disk: disk)
    batch(someFrames(50), keeper.take)
    #expect(keeper.save("x"))
    let summary = keeper.finish()
    #expect(summary.status.failure?.contains("evidence-x.pcapng (No space left on device)") == true)
    #expect(summary.status.frames + summary.status.framesNotWritten == 50)
    #expect(summary.paths.count == (room == 700 ? 1 : 0))
    #expect(InputPaths([scratch.path]).entries.count == summary.paths.count)
    if room == 700 { #expect(try read(summary.paths).frames.count == Int(summary.status.frames)) }
  }
}
