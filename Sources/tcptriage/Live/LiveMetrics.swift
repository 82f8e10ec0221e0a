import ArgumentParser
import CaptureFiles
import Metrics
import Synchronization
import Triage

/// `--metrics`: the state of the last second, served over HTTP.
final class LiveMetrics: Sendable {
  private let latest: Latest
  private let server: MetricsServer

  private final class Latest: Sendable {
    let snapshot = Mutex<LiveSnapshot?>(nil)
  }

  init(_ address: ListenAddress) {
    let latest = Latest()
    self.latest = latest
    server = MetricsServer(address) { latest.snapshot.withLock { $0 } }
  }

  /// The server's thread takes no signals: Ctrl-C is to wake the thread that captures.
  ///
  /// - Throws: when the port cannot be had.
  func start() throws(Stop) {
    do throws(MetricsServerError) {
      _ = try SignalMask.blocked { () throws(MetricsServerError) in try server.start() }
    } catch {
      throw Stop(.live, error.description)
    }
  }

  func show(_ snapshot: LiveSnapshot) { latest.snapshot.withLock { $0 = snapshot } }

  func stop() { server.stop() }
}

/// Where metrics are served, as the user writes it.
struct MetricsAddress: ExpressibleByArgument {
  let address: ListenAddress

  init?(argument: String) {
    guard let address = ListenAddress(argument) else { return nil }
    self.address = address
  }
}
