package import CaptureFiles
internal import Frames

extension Scenario {
  /// 2026-01-01T00:00:00Z: where every capture starts.
  private static let start: Int64 = 1_767_225_600 * PacketTime.second

  /// The frames of the capture file, not yet cut to the snap length.
  ///
  /// Throws as ``packets()`` does.
  package func frames(_ variant: Variant = .plain) throws(ScenarioError) -> [WritableFrame] {
    let settings = declarations.capture
    let encoder = FrameEncoder(
      linkType: linkType(variant), ipv6: variant.ipv6 ?? settings.ipv6, vlan: variant.vlan ?? settings.vlan)
    return variant.apply(to: try packets()).map { packet in
      WritableFrame(time: Self.start &+ packet.time, bytes: encoder.bytes(packet))
    }
  }

  /// The whole capture file.
  ///
  /// Throws as ``packets()`` does.
  package func capture(_ variant: Variant = .plain) throws(ScenarioError) -> [UInt8] {
    let settings = declarations.capture
    let file = CaptureWriter.encode(
      try frames(variant), linkType: linkType(variant),
      snapLength: min(variant.snapLength ?? UInt32.max, settings.snapLength), format: format(variant))
    return settings.cut.map { Array(file.prefix(Int($0))) } ?? file
  }

  /// `capture.pcap` or `capture.pcapng`.
  package var fileName: String { declarations.capture.format == "pcapng" ? "capture.pcapng" : "capture.pcap" }

  private func linkType(_ variant: Variant) -> LinkType {
    variant.linkType ?? LinkNames.linkType(declarations.capture.linkType)
  }

  private func format(_ variant: Variant) -> CaptureWriter.Format {
    if let format = variant.format { return format }
    switch declarations.capture.format {
    case "pcapng": return .pcapng
    case "pcapns": return .pcapNanoseconds
    default: return .pcapMicroseconds
    }
  }
}
