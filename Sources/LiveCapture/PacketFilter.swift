import CLibpcap
import Frames

/// Why a filter expression cannot be used.
package struct PacketFilterError: Error, Sendable, CustomStringConvertible {
  package var expression: String
  /// libpcap's own words.
  package var message: String

  package var description: String {
    "The filter expression '\(expression)' cannot be used: \(message); its language is described in pcap-filter(7)."
  }
}

/// A pcap filter expression (`tcp port 443 and host 10.0.0.1`), compiled for each link type when that is first met.
///
/// A class because the programs are made on the way. Source: pcap-filter(7).
package final class PacketFilter: FrameFilter {
  /// Frames are given to the programs as they are, so nothing is cut by this.
  private static let snapLength: Int32 = 262_144
  /// Link types that an expression must make sense for at least one of.
  private static let usual: [LinkType] = [.ethernet, .linuxSLL2, .raw]

  package let expression: String
  private var programs: [LinkType: Program] = [:]
  private var last: (linkType: LinkType, program: Program?)?
  /// Link types that the expression makes no sense for, with libpcap's words; none of their frames passed.
  package private(set) var unusable: [(linkType: LinkType, message: String)] = []

  /// Compiles `expression` for the usual link types.
  ///
  /// - Throws: when it makes sense for none of them.
  package init(_ expression: String) throws(PacketFilterError) {
    self.expression = expression
    var complaint: PacketFilterError?
    for linkType in Self.usual {
      do throws(PacketFilterError) { programs[linkType] = try Program(expression, linkType, Self.snapLength) } catch {
        complaint = complaint ?? error
      }
    }
    if programs.isEmpty, let complaint { throw complaint }
  }

  package func accepts(_ record: FrameRecord, _ bytes: RawSpan) -> Bool {
    if let last, last.linkType == record.linkType { return last.program?.accepts(record, bytes) ?? false }
    let program = program(for: record.linkType)
    last = (record.linkType, program)
    return program?.accepts(record, bytes) ?? false
  }

  private func program(for linkType: LinkType) -> Program? {
    if let known = programs[linkType] { return known }
    if unusable.contains(where: { $0.linkType == linkType }) { return nil }
    do throws(PacketFilterError) {
      let program = try Program(expression, linkType, Self.snapLength)
      programs[linkType] = program
      return program
    } catch {
      unusable.append((linkType, error.message))
      return nil
    }
  }
}

/// An expression compiled for one link type.
///
/// Unsafe here: libpcap's structure owns memory, which `deinit` frees and nothing else sees.
@safe private final class Program {
  private var code: bpf_program

  init(_ expression: String, _ linkType: LinkType, _ snapLength: Int32) throws(PacketFilterError) {
    // A handle without a device; closed below whatever happens.
    guard let handle = unsafe pcap_open_dead(Self.dataLinkType(linkType), snapLength) else {
      throw PacketFilterError(expression: expression, message: "there is not enough memory")
    }
    defer { unsafe pcap_close(handle) }
    var code = unsafe bpf_program()
    // The expression is terminated and only read; `code` is filled on success and empty on failure.
    guard unsafe pcap_compile(handle, &code, expression, 1, UInt32.max) == 0 else {
      let message = unsafe Self.lastError(handle)
      throw PacketFilterError(expression: expression, message: message)
    }
    unsafe self.code = code
  }

  deinit {
    // Frees what `pcap_compile` allocated, once.
    unsafe pcap_freecode(&code)
  }

  func accepts(_ record: FrameRecord, _ bytes: RawSpan) -> Bool {
    var header = pcap_pkthdr()
    header.caplen = record.capturedLength
    header.len = record.originalLength
    let start = Int(record.offset)
    let frame = bytes.extracting(start..<start + Int(record.capturedLength))
    // The program reads at most `caplen` bytes, which is the size of the span that it is given.
    return unsafe frame.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return false }
      return unsafe pcap_offline_filter(&code, &header, base.assumingMemoryBound(to: UInt8.self)) != 0
    }
  }

  /// libpcap's number for a link type: that of the file, but for raw IP, whose number differs by system.
  private static func dataLinkType(_ linkType: LinkType) -> Int32 {
    switch linkType {
    case .raw, .rawBSD, .rawOpenBSD: DLT_RAW
    default: Int32(linkType.rawValue)
    }
  }

  private static func lastError(_ handle: OpaquePointer) -> String {
    // The text is terminated and belongs to the handle; it is copied at once.
    guard let text = unsafe pcap_geterr(handle) else { return "unknown error" }
    return unsafe String(cString: text)
  }
}
