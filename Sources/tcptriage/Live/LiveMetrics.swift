import ArgumentParser
import Metrics
import Synchronization
import Triage

extension ListenAddress: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

/// Serves the latest snapshot over HTTP, with `--metrics` only.
///
/// The capture thread leaves a snapshot once a second; whoever asks for a page has it made on the server's thread.
final class LiveMetrics {
  private let latest = Latest()
  private let server: MetricsServer?
  /// What the user should know: where to look.
  private var remark: String?

  private final class Latest: Sendable {
    let snapshot = Mutex<LiveSnapshot?>(nil)
  }

  /// - Throws: when the address cannot be listened at.
  init(_ address: ListenAddress?) throws(Stop) {
    guard let address else {
      server = nil
      return
    }
    let server = MetricsServer(address) { [latest] in latest.snapshot.withLock { $0 } }
    do throws(MetricsServerError) {
      let place = ListenAddress.authority(address.host, try server.start())
      remark = "Metrics are at http://\(place)/metrics, the report of the moment at http://\(place)/."
    } catch {
      throw Stop(.live, error.sentence)
    }
    self.server = server
  }

  /// Lets the next page be made from `snapshot`.
  func show(_ snapshot: LiveSnapshot) {
    guard server != nil else { return }
    latest.snapshot.withLock { $0 = snapshot }
  }

  /// What the user was not told yet.
  func takeRemarks() -> [String] {
    defer { remark = nil }
    return remark.map { [$0] } ?? []
  }

  /// Nobody is answered any more.
  func end() { server?.stop() }
}
