import Detection
import Dissection
import Tracking

/// What live mode knows at one moment: everything that its screen, its log lines and its metrics show.
package struct LiveSnapshot: Sendable {
  /// When the capture began, and the moment of this snapshot: nanoseconds since 1970 UTC, by the host's clock.
  package var started: Int64
  package var time: Int64
  /// What a report would say if the capture ended now.
  package var report: Report
  /// Findings by harm, those that still grow before those that have come to rest.
  package var findings: [LiveFinding] = []
  /// The last seconds, the oldest first; at most ``historySeconds``.
  package var history: [LiveSecond] = []
  /// Retransmitted segments by cause, in the order of ``RetransmissionCause``; only causes that occurred.
  package var retransmissions: [LiveCause] = []
  /// The busiest connections of the last second, the busiest first.
  package var top: [LiveConnection] = []
  /// Findings ever said, by rule and severity, in the order of their first opening; withdrawn ones stay counted.
  package var openings: [LiveOpening] = []
  /// Connections in memory now, and all that were seen.
  package var openConnections = 0
  package var connections: UInt64 = 0
  /// One per interface, in the order in which they were named.
  package var interfaces: [LiveInterface] = []
  /// The host's own counters, in the order of their table; empty where there are none.
  package var counters: [CounterReading] = []
  /// What is written to disk; nil when nothing is.
  package var writing: LiveWriting?
  /// What the user should know about the run itself (an interface went down, a disk is full), the newest last.
  package var remarks: [String] = []

  package static let historySeconds = 120

  package init(started: Int64, time: Int64, report: Report) {
    self.started = started
    self.time = time
    self.report = report
  }

  /// The last second; zeros before there was one.
  package var lastSecond: LiveSecond { history.last ?? LiveSecond(time: started) }
}

/// A finding, followed from snapshot to snapshot.
package struct LiveFinding: Sendable {
  /// Its number in this run, from 1, in the order of opening.
  package var number: Int
  package var finding: Finding
  /// When it was first said: nanoseconds since 1970 UTC, by the host's clock.
  package var opened: Int64
  /// When it last grew; it is at rest when that is a while ago.
  package var lastGrew: Int64
  package var isOpen = true
  /// Growth of its first measure per second; nil when that measure does not count something.
  package var rate: Double?
  /// Processes of this host whose sockets it is about, as far as they could be found.
  package var owners: [ProcessName] = []
  /// The kernel's counters that should move with it, as they stand.
  package var counters: [CounterPairing] = []
  /// Settings of this host that it depends on, a sentence each.
  package var settings: [String] = []
}

/// How often findings of a rule were said for the first time.
package struct LiveOpening: Sendable, Hashable {
  package var rule: String
  /// What the finding had at its opening.
  package var severity: Severity
  package var count: UInt64

  package init(rule: String, severity: Severity, count: UInt64) {
    self.rule = rule
    self.severity = severity
    self.count = count
  }
}

/// A process that owns a socket.
package struct ProcessName: Sendable, Hashable {
  /// Nil when only the user is known.
  package var pid: Int32?
  /// As the kernel has it (`comm`), at most 15 bytes.
  ///
  /// Comes from the host: escape before printing.
  package var command: String
  package var uid: UInt32

  package init(pid: Int32?, command: String, uid: UInt32) {
    self.pid = pid
    self.command = command
    self.uid = uid
  }
}

/// Sums of one second.
package struct LiveSecond: Sendable, Hashable {
  /// When it ended: nanoseconds since 1970 UTC.
  package var time: Int64
  /// Length in nanoseconds; about a second.
  package var length: Int64 = 1_000_000_000
  package var frames: UInt64 = 0
  /// Bytes on the wire.
  package var bytes: UInt64 = 0
  package var segments: UInt64 = 0
  package var retransmissions: UInt64 = 0
  package var opened: UInt64 = 0
  package var dropped: UInt64 = 0

  package init(time: Int64) { self.time = time }

  package func perSecond(_ value: UInt64) -> Double { length > 0 ? Double(value) * 1e9 / Double(length) : 0 }
}

/// Retransmissions of one cause.
package struct LiveCause: Sendable, Hashable {
  package var cause: RetransmissionCause
  package var total: UInt64
  package var lastSecond: UInt64

  package init(cause: RetransmissionCause, total: UInt64, lastSecond: UInt64) {
    self.cause = cause
    self.total = total
    self.lastSecond = lastSecond
  }
}

/// One of the busiest connections of the last second.
package struct LiveConnection: Sendable {
  package var local: Endpoint
  package var remote: Endpoint
  /// Payload bytes in the last second, retransmissions included.
  package var sent: UInt64
  package var received: UInt64
  package var segments: UInt64
  package var owner: ProcessName?

  package init(local: Endpoint, remote: Endpoint, sent: UInt64, received: UInt64, segments: UInt64) {
    self.local = local
    self.remote = remote
    self.sent = sent
    self.received = received
    self.segments = segments
  }
}

/// An interface and what was not captured on it, since the start.
package struct LiveInterface: Sendable, Hashable {
  package var name: String
  /// Frames that passed the filter.
  package var received: UInt64 = 0
  /// Frames that the ring had no room for.
  package var droppedByRing: UInt64 = 0
  /// Frames that the interface dropped itself.
  package var droppedByInterface: UInt64 = 0
  package var isUp = true

  package init(name: String) { self.name = name }
}

/// One of the host's counters.
package struct CounterReading: Sendable, Hashable {
  /// As `nstat` calls it: `TcpExtPAWSEstab`, `TcpRetransSegs`; `softirq.NET_RX`, `softnet.time_squeeze`.
  package var name: String
  package var value: UInt64
  /// Change per second since the last reading.
  package var rate: Double
  /// Rates that were usual so far: from the 5th to the 95th of a hundred; nil while too few are known.
  package var usual: ClosedRange<Double>?
  /// It has left its usual range.
  package var runsAway = false
  /// What it counts, in one plain sentence.
  package var meaning: String

  package init(name: String, value: UInt64, rate: Double, meaning: String) {
    self.name = name
    self.value = value
    self.rate = rate
    self.meaning = meaning
  }
}

/// A counter beside the finding that should move it, or several that share the events and are added up.
package struct CounterPairing: Sendable, Hashable {
  /// As `nstat` calls them.
  package var counters: [String]
  /// Change per second over the same time; nil when this host has no such counter.
  package var rate: Double?
  /// What the packets let expect, per second.
  package var expected: Double
  package var verdict: Verdict
  /// Why it is no match, in one or two sentences, the main thing before the first colon; empty for a match.
  package var reason: String

  package enum Verdict: String, Sendable { case matches, mismatch, unavailable }

  /// All its counters, joined by ` + `.
  package var name: String { counters.joined(separator: " + ") }

  package init(counters: [String], rate: Double?, expected: Double, verdict: Verdict, reason: String = "") {
    self.counters = counters
    self.rate = rate
    self.expected = expected
    self.verdict = verdict
    self.reason = reason
  }
}

/// What the rolling files hold so far.
package struct LiveWriting: Sendable, Hashable {
  package var directory: String
  package var files: Int = 0
  package var frames: UInt64 = 0
  package var bytes: UInt64 = 0
  /// Frames that found no room, or no disk.
  package var lostFrames: UInt64 = 0
  /// What is wrong now, in one sentence; empty when nothing is.
  package var failure: String = ""

  package init(directory: String) { self.directory = directory }
}
