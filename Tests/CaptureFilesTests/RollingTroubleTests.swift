import Frames
import Glibc
import Synchronization
import Testing

@testable import CaptureFiles

/// A disk that holds so many bytes, or that writes only when it is told to.
private final class TestDisk: Sendable {
  let room: Atomic<Int>
  let isStuck: Atomic<Bool>

  init(room: Int = .max, isStuck: Bool = false) {
    self.room = Atomic(room)
    self.isStuck = Atomic(isStuck)
  }

  /// Takes what there is room for, as a file system does.
  var calls: Disk {
    Disk { [self] descriptor, bytes in
      while isStuck.load(ordering: .acquiring) { usleep(1_000) }
      let count = min(bytes.count, room.load(ordering: .relaxed))
      guard count > 0 else {
        errno = ENOSPC
        return -1
      }
      let written = Glibc.write(descriptor, bytes.baseAddress, count)
      if written > 0, room.load(ordering: .relaxed) < .max { room.subtract(written, ordering: .relaxed) }
      return written
    }
  }
}

@Suite("Rolling evidence on a disk that is slow, full or gone")
struct RollingTroubleTests {
  private func writer(_ plan: RollingPlan, _ disk: Disk, retry: Duration = .milliseconds(20)) throws -> RollingWriter {
    try RollingWriter(plan, interfaces: [RollingTests.interfaces[0]], disk: disk, retry: retry)
  }

  @Test("what a slow disk does not take is counted to the frame, and told by the file")
  func slow() throws {
    let scratch = Scratch()
    let disk = TestDisk(isStuck: true)
    var plan = RollingTests.plan(scratch, rotate: 1 << 30)
    plan.blocks = 4
    let writer = try writer(plan, disk.calls)
    let frames = someFrames(2_000)
    batch(frames, writer.take)
    let missing = writer.status.framesNotWritten
    #expect(missing > 1_000 && missing < 2_000 && writer.status.frames == 0)
    disk.isStuck.store(false, ordering: .releasing)
    while writer.status.frames < 2_000 - missing { usleep(1_000) }
    batch(someFrames(10, from: 1_800_000_000_000_000_000), writer.take)
    let summary = writer.finish()
    #expect(summary.status.frames == 2_010 - missing && summary.status.framesNotWritten == missing)
    let reading = try read([scratch.path])
    #expect(reading.frames.count == 2_010 - Int(missing) && reading.description.problems.isEmpty)
    #expect(reading.description.interfaces[0].reportedDrops == missing)
    #expect(reading.frames.prefix(20).map(\.bytes) == frames.prefix(20).map(\.bytes))
  }

  @Test("a full disk ends the file at a whole frame, and once there is room again nothing is lost")
  func full() throws {
    let scratch = Scratch()
    let disk = TestDisk(room: 10_001)
    let writer = try writer(RollingTests.plan(scratch, rotate: 1 << 30), disk.calls)
    let frames = someFrames(1_000)
    batch(frames, writer.take)
    writer.flush()
    while writer.status.failure == nil { usleep(1_000) }
    let status = writer.status
    #expect(status.failure?.contains("(No space left on device); analysis goes on") == true)
    #expect(status.framesNotWritten == 0)
    let first = try read([scratch.path])
    #expect(first.frames.count == Int(status.frames) && first.description.problems.isEmpty)
    #expect(first.frames.count > 100)
    disk.room.store(.max, ordering: .relaxed)
    while writer.status.failure != nil { usleep(1_000) }
    let summary = writer.finish()
    #expect(summary.status.frames == 1_000 && summary.status.failure == nil && summary.firstFailure != nil)
    #expect(summary.paths.count == 2)
    let reading = try read([scratch.path])
    #expect(reading.frames.map(\.bytes) == frames.map(\.bytes) && reading.times == frames.map(\.time))
    #expect(reading.description.problems.isEmpty && reading.bytesTotal == summary.status.bytes)
  }

  @Test("little traffic outlives a long failure: a second's frames do not take a whole block")
  func patient() throws {
    let scratch = Scratch()
    let disk = TestDisk(room: 0)
    var plan = RollingTests.plan(scratch, rotate: 1 << 30)
    plan.blocks = 4
    let writer = try writer(plan, disk.calls)
    for second in 1...50 as ClosedRange<Int64> {
      batch(someFrames(2, from: second << 40), writer.take)
      writer.flush()
    }
    #expect(writer.status.frames == 0 && writer.status.framesNotWritten == 0)
    disk.room.store(.max, ordering: .relaxed)
    let summary = writer.finish()
    #expect(summary.status.frames == 100 && summary.status.framesNotWritten == 0)
    #expect(try read([scratch.path]).frames.count == 100)
  }

  @Test(
    "a disk that stays full to the end: every frame is either in a file or counted",
    arguments: [
      0, 100, 150, 5_000, 5_001, 5_002, 5_003,
    ])
  func fullForGood(_ room: Int) throws {
    let scratch = Scratch()
    let writer = try writer(RollingTests.plan(scratch, rotate: 1_500), TestDisk(room: room).calls)
    batch(someFrames(700), writer.take)
    let summary = writer.finish()
    #expect(summary.status.frames + summary.status.framesNotWritten == 700 && summary.status.framesNotWritten > 0)
    #expect(summary.status.failure?.hasSuffix("(No space left on device).") == true)
    guard summary.status.frames > 0 else {
      #expect(summary.paths.isEmpty && InputPaths([scratch.path]).entries.isEmpty)
      return
    }
    let reading = try read([scratch.path])
    #expect(reading.frames.count == Int(summary.status.frames) && reading.description.problems.isEmpty)
  }

  @Test("a directory that is removed is told of, and a new one is used when it is there")
  func removed() throws {
    let scratch = Scratch()
    var plan = RollingTests.plan(scratch, rotate: 1 << 30)
    plan.directory += "/evidence"
    let writer = try writer(plan, .real)
    batch(someFrames(5), writer.take)
    writer.flush()
    while writer.status.frames < 5 { usleep(1_000) }
    Scratch.run("rm -r '\(plan.directory)'")
    batch(someFrames(7, from: 1_800_000_000_000_000_000), writer.take)
    writer.flush()
    while writer.status.failure == nil { usleep(1_000) }
    #expect(writer.status.failure?.contains("No such file or directory") == true)
    mkdir(plan.directory, 0o755)
    while writer.status.failure != nil { usleep(1_000) }
    let summary = writer.finish()
    #expect(summary.status.frames == 12 && summary.status.framesNotWritten == 0)
    #expect(try read([plan.directory]).frames.count == 7)
  }

  @Test("a file system without room ends in readable files")
  func realFullDisk() throws {
    let scratch = Scratch()
    guard mount("tmpfs", scratch.path, "tmpfs", 0, "size=64k") == 0 else {
      print("skipped: mounting a small file system needs root")
      return
    }
    defer { umount2(scratch.path, Int32(MNT_DETACH)) }
    let writer = try writer(RollingTests.plan(scratch, rotate: 20_000), .real)
    batch(someFrames(2_000), writer.take)
    writer.flush()
    while writer.status.failure == nil { usleep(1_000) }
    let summary = writer.finish()
    #expect(summary.status.frames > 500 && summary.status.frames + summary.status.framesNotWritten == 2_000)
    let reading = try read([scratch.path])
    #expect(reading.frames.count == Int(summary.status.frames) && reading.description.problems.isEmpty)
  }
}
