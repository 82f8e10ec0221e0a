import Frames
import Glibc

/// How interfaces are opened.
package struct InterfaceSettings: Sendable {
  /// Bytes kept of each frame: all headers with all options, and little of anybody's data.
  package var snapLength: Int32 = 128
  /// Bytes of the kernel's ring: at 300,000 small frames a second, half a second in which nobody reads.
  package var bufferSize: Int32 = 32 << 20
  /// See frames for others, too.
  package var isPromiscuous = false
  /// pcap filter expression, run by the kernel.
  package var filter: String?
  /// How long a frame may wait in the ring until it is shown, ms.
  package var patience: Int32 = 50
  /// Every frame is shown at once: so that several interfaces stay in step, or because somebody must act at once.
  package var isImmediate = false

  package init() {}
}

/// Network interfaces as a source of frames (Linux: a ring shared with the kernel, by libpcap).
///
/// Frames are copied out of the ring into a block whose memory is taken once.
package struct InterfaceSource: FrameSource, ~Copyable {
  private var handles: [CaptureHandle?]
  private var waiting: [pollfd] = []
  private let names: [String]
  private let linkTypes: [LinkType]
  private var counts: [CaptureCounts]
  private let settings: InterfaceSettings
  private var block = CopiedFrames()
  private var turn = 0
  private var frames: [UInt64]
  /// Interfaces that failed once: what the kernel has gathered for them but not shown is still to come.
  private var isFailing: [Bool]
  private var isWorking: [Bool]
  /// What happened to interfaces since somebody took it, a sentence each.
  private var remarks: [String] = []

  /// Opens all of `names`.
  ///
  /// - Throws: for the first that cannot be opened.
  package init(_ names: [String], _ settings: InterfaceSettings) throws(LiveCaptureError) {
    var settings = settings
    if names.count > 1 { settings.isImmediate = true }
    var handles: [CaptureHandle] = []
    for name in names { handles.append(try CaptureHandle(name, settings)) }
    self.names = names
    self.settings = settings
    linkTypes = handles.map(\.linkType)
    counts = handles.map { _ in CaptureCounts() }
    frames = handles.map { _ in 0 }
    isFailing = handles.map { _ in false }
    isWorking = handles.map { _ in true }
    self.handles = handles
    watch()
  }

  /// Whether any interface can still be read.
  package var isOpen: Bool { handles.contains { $0 != nil } }

  /// Hands out what has come; waits for it, but not longer than `settings.patience`, and then the batch is empty.
  ///
  /// - Returns: false when no interface can be read any more.
  package mutating func nextBatch(_ body: (borrowing FrameBatch) -> Void) -> Bool {
    guard isOpen else { return false }
    // The last time, more was there than could be taken.
    if block.hasRoom { wait() }
    block.empty()
    for offset in handles.indices { read((turn + offset) % handles.count) }
    turn = (turn + 1) % handles.count
    block.number(sorting: handles.count > 1)
    // `Span.bytes` is marked unsafe only because elements may have padding; bytes have none.
    unsafe body(FrameBatch(bytes: block.bytes.span.bytes, records: block.records.span))
    return true
  }

  private mutating func read(_ index: Int) {
    guard let handle = handles[index] else { return }
    let before = block.records.count
    let outcome = handle.read(into: &block, interface: UInt16(clamping: index))
    frames[index] &+= UInt64(block.records.count - before)
    guard case .failed(let message) = outcome else { return }
    guard isFailing[index] else {
      isFailing[index] = true
      return pause()
    }
    handle.updateCounts()
    counts[index] = handle.counts
    handles[index] = nil
    watch()
    // No problem of the capture: what was read is whole, and a replay of it shall say the same.
    remarks.append("The interface \(names[index]) cannot be read any more: \(message).")
  }

  /// Waits until there is something to read, or patience ends, or a signal comes.
  private mutating func wait() {
    // Fills in the array that it is given.
    _ = unsafe poll(&waiting, nfds_t(waiting.count), settings.patience)
  }

  /// Lets the time pass after which the kernel has shown everything that has come.
  private func pause() {
    _ = poll(nil, 0, 2 * settings.patience)
  }

  /// Hands out what has come until `end` (ns since 1970), some of which may not have been shown yet.
  package mutating func rest(until end: Int64, _ body: (borrowing FrameBatch) -> Void) {
    pause()
    while nextBatch(body), !block.hasRoom, let last = block.records.last, last.time <= end {}
  }

  private mutating func watch() {
    waiting = handles.compactMap { handle in
      handle.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    }
  }

  /// Asks the kernel for its counts; a system call for each interface.
  package mutating func updateCounts() {
    for (index, handle) in handles.enumerated() {
      guard let handle else { continue }
      handle.updateCounts()
      counts[index] = handle.counts
    }
    noticeState()
  }

  /// libpcap says nothing of an interface that goes down, only of one that disappears.
  private mutating func noticeState() {
    guard let working = InterfaceState.working() else { return }
    for index in names.indices where handles[index] != nil && names[index] != "any" {
      let isUp = working.contains(names[index])
      guard isUp != isWorking[index] else { continue }
      isWorking[index] = isUp
      let state = isUp ? "is up again" : "is down, so that nothing comes by it"
      remarks.append("The interface \(names[index]) \(state).")
    }
  }

  /// What was counted on each interface, as of the last ``updateCounts()``, and whether anything can come by it.
  package var interfaces: [(name: String, counts: CaptureCounts, isUp: Bool)] {
    names.indices.map { (names[$0], counts[$0], handles[$0] != nil && isWorking[$0]) }
  }

  /// The remarks, which are forgotten then.
  package mutating func takeRemarks() -> [String] {
    defer { remarks = [] }
    return remarks
  }

  package var description: CaptureDescription {
    var description = CaptureDescription()
    for index in names.indices {
      var file = CaptureFile(name: names[index], format: "live")
      file.frames = frames[index]
      description.files.append(file)
      description.interfaces.append(
        CaptureInterface(
          name: names[index], linkType: linkTypes[index], snapLength: UInt32(settings.snapLength),
          reportedDrops: counts[index].dropped))
    }
    return description
  }
}
