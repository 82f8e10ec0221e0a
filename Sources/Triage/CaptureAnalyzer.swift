import Detection
import Frames
import Tracking

/// Analyzes captured frames: the way in for programs that use this package as a library.
///
/// Frames come in capture order, from wherever the program has them, and at the end there is a ``Report``:
/// ```
/// import Triage
///
/// var analyzer = CaptureAnalyzer()
/// for frame in frames {
///   analyzer.take(frame.bytes, at: frame.nanosecondsSince1970, linkType: .ethernet)
/// }
/// let report = analyzer.report()
/// for finding in report.findings where finding.severity >= .warning {
///   print(finding.rule.id, finding.summary, finding.evidence.map(\.segment.frame))
/// }
/// ```
/// Frames are numbered from 1, also those that hold no TCP. Memory is bounded, however many frames there are.
public struct CaptureAnalyzer: ~Copyable {
  /// What the caller may set; the same type as `Detection.DetectionSettings`.
  public typealias Settings = DetectionSettings
  /// Framing below IP; the same type as `Frames.LinkType`.
  public typealias Framing = LinkType
  /// Files and interfaces that frames came from; the same type as `Frames.CaptureDescription`.
  public typealias Source = CaptureDescription

  /// Frames and bytes that are gathered before they are analyzed: enough to pay for the call, few enough for the cache.
  private static let mostFrames = 512
  private static let mostBytes = 1 << 18

  private let settings: TriageSettings
  private var engine: Engine
  private var bytes: [UInt8] = []
  private var records: [FrameRecord] = []
  private var frames: UInt64 = 0

  /// An analyzer that has seen nothing.
  ///
  /// - Parameters:
  ///   - settings: rules that must not fire, and what was expected.
  ///   - maxMemory: bytes that the records of connections may take, 1 GiB unless given; beyond it the least useful are
  ///     dropped and counted.
  public init(_ settings: Settings = Settings(), maxMemory: Int = 1 << 30) {
    var all = TriageSettings()
    all.detection = settings
    all.tracking.maxMemory = maxMemory
    self.settings = all
    engine = Engine(all)
  }

  /// Takes the next frame.
  ///
  /// Nothing about it is trusted: a frame that makes no sense is counted by reason and otherwise left alone.
  ///
  /// - Parameters:
  ///   - frame: what the capture holds of it, from the link layer on; beyond 2 GiB nothing is looked at.
  ///   - time: when it was captured, nanoseconds since 1970 UTC.
  ///   - linkType: what it begins with.
  ///   - originalLength: bytes that were on the wire, where the capture kept less.
  /// - Complexity: O(captured bytes).
  public mutating func take(
    _ frame: some Collection<UInt8>, at time: Int64, linkType: Framing, originalLength: Int? = nil
  ) {
    let start = bytes.count
    bytes.append(contentsOf: frame.prefix(Int(Int32.max)))
    let captured = UInt32(bytes.count - start)
    frames += 1
    records.append(
      FrameRecord(
        number: frames, time: time, offset: UInt32(start), capturedLength: captured,
        originalLength: originalLength.map { UInt32(clamping: $0) } ?? captured, interface: 0, linkType: linkType))
    if records.count >= Self.mostFrames || bytes.count >= Self.mostBytes { analyze() }
  }

  /// Ends the capture and says what was found; the next frame is the first one of another capture.
  ///
  /// - Parameters:
  ///   - source: files and interfaces that the frames came from, for the report's head.
  ///   - method: how the report was made, for its foot.
  /// - Returns: everything there is to say, findings ordered by harm.
  public mutating func report(
    on source: Source = Source(), method: Method = Method(version: "")
  ) -> Report {
    analyze()
    var ended = Engine(settings)
    swap(&engine, &ended)
    frames = 0
    return ended.finish(source, method: method)
  }

  private mutating func analyze() {
    // Taken out meanwhile: the engine is a part of the same value.
    var taken: (bytes: [UInt8], records: [FrameRecord]) = ([], [])
    swap(&bytes, &taken.bytes)
    swap(&records, &taken.records)
    // `Span.bytes` is marked unsafe only because elements may have padding; bytes have none.
    unsafe engine.take(FrameBatch(bytes: taken.bytes.span.bytes, records: taken.records.span))
    swap(&bytes, &taken.bytes)
    swap(&records, &taken.records)
    bytes.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
  }
}
