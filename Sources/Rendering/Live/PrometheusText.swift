import Detection
import Dissection
import Frames
import Tracking
import Triage

/// What live mode knows as metrics for Prometheus: always the same names in the same order.
///
/// A pure function of the snapshot. Counters count since the start of the program; what a finding is may change its mind
/// with later packets, so findings that are said now are gauges.
package enum PrometheusText {
  /// What HTTP calls this format.
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// The whole page.
  ///
  /// - Complexity: O(findings + interfaces + counters).
  package static func page(_ snapshot: LiveSnapshot) -> String {
    let families =
      run(snapshot) + findings(snapshot) + traffic(snapshot) + capture(snapshot) + host(snapshot) + writing(snapshot)
    return families.map(\.text).joined()
  }

  private static func run(_ snapshot: LiveSnapshot) -> [MetricFamily] {
    var info = MetricFamily(.gauge, "tcptriage_info", "Always 1; the version is a label.")
    info.add(1, ["version": snapshot.report.method.version])
    var start = MetricFamily(.gauge, "tcptriage_start_time_seconds", "When the capture began, since 1970.")
    start.add(time: snapshot.started)
    var now = MetricFamily(.gauge, "tcptriage_snapshot_time_seconds", "When these figures were taken, since 1970.")
    now.add(time: snapshot.time)
    return [info, start, now]
  }

  private static func findings(_ snapshot: LiveSnapshot) -> [MetricFamily] {
    var open = MetricFamily(.gauge, "tcptriage_findings_open", "Findings that grow, by rule and present severity.")
    var said = MetricFamily(
      .gauge, "tcptriage_findings", "Findings that a report would count now, by rule and present severity.")
    var opened = MetricFamily(
      .counter, "tcptriage_findings_opened_total", "Findings ever said, by rule and severity at their opening.")
    for opening in snapshot.openings {
      opened.add(opening.count, ["rule": opening.rule, "severity": opening.severity.name])
    }
    for tally in snapshot.report.rules {
      for severity in Severity.allCases {
        let count = tally.findings(of: severity)
        let growing = snapshot.findings.count {
          $0.isOpen && $0.finding.rule.id == tally.rule.id && $0.finding.severity == severity
        }
        guard count > 0 || growing > 0 else { continue }
        open.add(growing, ["rule": tally.rule.id, "severity": severity.name])
        said.add(count, ["rule": tally.rule.id, "severity": severity.name])
      }
    }
    return [open, said, opened]
  }

  private static func traffic(_ snapshot: LiveSnapshot) -> [MetricFamily] {
    let capture = snapshot.report.capture
    var retransmissions = MetricFamily(
      .counter, "tcptriage_retransmissions_total", "Retransmitted segments, by what made the sender send them again.")
    for cause in RetransmissionCause.allCases where cause != .none {
      let total = snapshot.retransmissions.first { $0.cause == cause }?.total ?? 0
      retransmissions.add(total, ["cause": cause.name])
    }
    return [
      single(.counter, "tcptriage_frames_total", "Frames that were captured.", capture.frames),
      single(.counter, "tcptriage_wire_bytes_total", "Bytes of these frames on the wire.", capture.wireBytes),
      single(.counter, "tcptriage_segments_total", "TCP segments that were analyzed.", capture.segments),
      notAnalyzed(snapshot), retransmissions,
      single(
        .counter, "tcptriage_connections_total", "Connections seen, unanswered ones included.", snapshot.connections),
      single(.gauge, "tcptriage_connections_open", "Connections in memory.", snapshot.openConnections),
      single(
        .counter, "tcptriage_connections_evicted_total", "Connections dropped from memory before their end.",
        snapshot.report.totals.evicted),
    ]
  }

  private static func notAnalyzed(_ snapshot: LiveSnapshot) -> MetricFamily {
    var family = MetricFamily(.counter, "tcptriage_frames_not_analyzed_total", "Frames left out, by reason.")
    for (reason, frames) in snapshot.report.capture.notAnalyzed { family.add(frames, ["reason": reason.key]) }
    return family
  }

  private static func capture(_ snapshot: LiveSnapshot) -> [MetricFamily] {
    var received = MetricFamily(
      .counter, "tcptriage_capture_received_frames_total", "Frames that passed the filter, by interface.")
    var dropped = MetricFamily(
      .counter, "tcptriage_capture_dropped_frames_total",
      "Frames that were not captured, by interface: no room in the ring, or dropped by the interface itself.")
    var up = MetricFamily(.gauge, "tcptriage_interface_up", "Whether frames can still come from the interface.")
    for interface in snapshot.interfaces {
      received.add(interface.received, ["interface": interface.name])
      dropped.add(interface.droppedByRing, ["interface": interface.name, "place": "ring"])
      dropped.add(interface.droppedByInterface, ["interface": interface.name, "place": "interface"])
      up.add(interface.isUp ? 1 : 0, ["interface": interface.name])
    }
    return [received, dropped, up]
  }

  private static func host(_ snapshot: LiveSnapshot) -> [MetricFamily] {
    guard !snapshot.counters.isEmpty else { return [] }
    var counters = MetricFamily(.counter, "tcptriage_kernel_counter_total", "Counters of this host's kernel, by name.")
    var running = MetricFamily(
      .gauge, "tcptriage_kernel_counter_runs_away", "1 while a counter's rate is outside its usual range.")
    for reading in snapshot.counters {
      counters.add(reading.value, ["name": reading.name])
      running.add(reading.runsAway ? 1 : 0, ["name": reading.name])
    }
    return [counters, running]
  }

  private static func writing(_ snapshot: LiveSnapshot) -> [MetricFamily] {
    guard let writing = snapshot.writing else { return [] }
    return [
      single(.counter, "tcptriage_evidence_files_total", "Capture files that were written.", writing.files),
      single(.counter, "tcptriage_evidence_frames_total", "Frames in these files.", writing.frames),
      single(.counter, "tcptriage_evidence_bytes_total", "Bytes of these files.", writing.bytes),
      single(
        .counter, "tcptriage_evidence_lost_frames_total", "Frames that found no room, or no disk.",
        writing.lostFrames),
      single(
        .gauge, "tcptriage_evidence_failing", "1 while files cannot be written.", writing.failure.isEmpty ? 0 : 1),
    ]
  }

  private static func single(
    _ kind: MetricFamily.Kind, _ name: String, _ help: StaticString, _ value: some BinaryInteger
  ) -> MetricFamily {
    var family = MetricFamily(kind, name, help)
    family.add(value)
    return family
  }
}
