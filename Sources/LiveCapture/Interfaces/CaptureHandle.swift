import CLibpcap
import Frames
import Glibc

/// One interface opened for capturing.
///
/// Unsafe here: libpcap's handle, which `deinit` closes and nothing else sees, and the bytes that it lends for one call.
@safe final class CaptureHandle {
  /// What reading came to.
  enum Outcome {
    /// Everything that was there is read.
    case drained
    /// There is no room for more.
    case full
    /// The interface cannot be read any more; libpcap's words.
    case failed(String)
  }

  let name: String
  let linkType: LinkType
  /// A descriptor that is readable when there are packets.
  let descriptor: Int32
  private let handle: OpaquePointer
  private var last: (received: UInt32, dropped: UInt32) = (0, 0)
  private var interfaceDrops: InterfaceDrops
  private(set) var counts: CaptureCounts = CaptureCounts()

  init(_ name: String, _ settings: InterfaceSettings) throws(LiveCaptureError) {
    // Holds libpcap's words; large enough by its contract.
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let handle = unsafe pcap_create(name, &message) else {
      throw .unusable(interface: name, message: Self.words(message))
    }
    do throws(LiveCaptureError) {
      unsafe try Self.activate(handle, name, settings)
      unsafe try Self.setFilter(handle, settings.filter)
      // Reading must never wait: several interfaces, the clock and signals are looked after in turn.
      guard unsafe pcap_setnonblock(handle, 1, &message) == 0 else {
        throw .unusable(interface: name, message: Self.words(message))
      }
    } catch {
      unsafe pcap_close(handle)
      throw error
    }
    self.name = name
    interfaceDrops = InterfaceDrops(name)
    linkType = Self.linkType(unsafe pcap_datalink(handle))
    descriptor = unsafe pcap_get_selectable_fd(handle)
    unsafe self.handle = handle
  }

  deinit {
    // Closed once; nobody else has it.
    unsafe pcap_close(handle)
  }

  private static func activate(
    _ handle: OpaquePointer, _ name: String, _ settings: InterfaceSettings
  ) throws(LiveCaptureError) {
    // Setters fail only on a handle that is active already.
    unsafe pcap_set_snaplen(handle, settings.snapLength)
    unsafe pcap_set_promisc(handle, settings.isPromiscuous ? 1 : 0)
    unsafe pcap_set_timeout(handle, settings.patience)
    unsafe pcap_set_buffer_size(handle, settings.bufferSize)
    unsafe pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
    if settings.isImmediate { unsafe pcap_set_immediate_mode(handle, 1) }
    let status = unsafe pcap_activate(handle)
    guard status < 0 else {
      // The newer cooked header names the interface that each packet came by.
      if name == "any" { unsafe pcap_set_datalink(handle, DLT_LINUX_SLL2) }
      guard unsafe pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO else {
        throw .unusable(interface: name, message: "it does not tell times in nanoseconds")
      }
      return
    }
    switch status {
    case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED: throw .notPermitted(interface: name)
    case PCAP_ERROR_NO_SUCH_DEVICE: throw .unknownInterface(name)
    case PCAP_ERROR_IFACE_NOT_UP: throw .unusable(interface: name, message: "the interface is down")
    default:
      // Both texts are terminated; the handle's own says more where there is one.
      let own = unsafe String(cString: pcap_geterr(handle))
      throw .unusable(interface: name, message: own.isEmpty ? unsafe String(cString: pcap_statustostr(status)) : own)
    }
  }

  private static func setFilter(_ handle: OpaquePointer, _ expression: String?) throws(LiveCaptureError) {
    guard let expression else { return }
    var program = unsafe bpf_program()
    // The expression is terminated and only read; the kernel gets a copy of the program.
    guard unsafe pcap_compile(handle, &program, expression, 1, UInt32.max) == 0 else {
      throw .filter(PacketFilterError(expression: expression, message: unsafe String(cString: pcap_geterr(handle))))
    }
    defer { unsafe pcap_freecode(&program) }
    guard unsafe pcap_setfilter(handle, &program) == 0 else {
      throw .filter(PacketFilterError(expression: expression, message: unsafe String(cString: pcap_geterr(handle))))
    }
  }

  /// Reads what is there into `block`, without waiting.
  func read(into block: inout CopiedFrames, interface: UInt16) -> Outcome {
    // Both point into memory of the handle, which stays as it is until the next call.
    var header: UnsafeMutablePointer<pcap_pkthdr>? = nil
    var data: UnsafePointer<UInt8>? = nil
    while block.hasRoom {
      let status = unsafe pcap_next_ex(handle, &header, &data)
      if status == 0 { return .drained }
      guard status > 0, let header = unsafe header?.pointee, let data = unsafe data else {
        return .failed(unsafe String(cString: pcap_geterr(handle)))
      }
      let bytes = unsafe UnsafeBufferPointer(start: data, count: Int(header.caplen))
      // With the precision that was asked for, the smaller unit is nanoseconds.
      let time = Int64(header.ts.tv_sec) &* PacketTime.second &+ Int64(header.ts.tv_usec)
      unsafe block.append(bytes, time: time, length: header.len, interface: interface, linkType: linkType)
    }
    return .full
  }

  /// Asks the kernel what it counted; the counts go on although the kernel's have 32 bits.
  func updateCounts() {
    var now = pcap_stat()
    // Fills the structure that it is given.
    guard unsafe pcap_stats(handle, &now) == 0 else { return }
    counts.received &+= UInt64(now.ps_recv &- last.received)
    counts.droppedByRing &+= UInt64(now.ps_drop &- last.dropped)
    // libpcap asks the interface in promiscuous mode only.
    counts.droppedByInterface &+= interfaceDrops.gain()
    last = (now.ps_recv, now.ps_drop)
  }

  private static func linkType(_ dataLink: Int32) -> LinkType {
    dataLink == DLT_RAW ? .raw : LinkType(rawValue: UInt16(clamping: dataLink))
  }

  private static func words(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Frames that an interface had no room for, as its driver counts them.
///
/// Not `rx_dropped`: that counts frames that nobody wanted, too.
private struct InterfaceDrops {
  private let files: [String]
  private var last: UInt64 = 0

  init(_ name: String) {
    // A name with a slash is no interface's.
    files =
      name.contains("/")
      ? []
      : ["rx_missed_errors", "rx_fifo_errors"].map {
        "/sys/class/net/\(name)/statistics/\($0)"
      }
    _ = gain()
  }

  /// How many more since the last call; none when the interface is gone or began anew.
  mutating func gain() -> UInt64 {
    let now = files.reduce(0) { $0 &+ (HostFile.line($1).flatMap { UInt64($0) } ?? 0) }
    defer { last = now }
    return now > last ? now &- last : 0
  }
}

/// What the kernel counted on one interface since the capture began.
package struct CaptureCounts: Sendable, Hashable {
  /// Frames that passed the filter, dropped ones included.
  package var received: UInt64 = 0
  /// Frames that the ring had no room for.
  package var droppedByRing: UInt64 = 0
  /// Frames that the interface dropped itself.
  package var droppedByInterface: UInt64 = 0

  package var dropped: UInt64 { droppedByRing &+ droppedByInterface }
}
