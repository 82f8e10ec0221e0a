import NIOHTTP1
import Rendering
import Synchronization
import Triage

/// What is answered to which request; nothing of a request is ever repeated in an answer.
struct Pages: Sendable {
  let provider: @Sendable () -> LiveSnapshot?
  /// Whether the server listens to this host alone.
  let isLoopback: Bool
  private let cache = PageCache()

  init(provider: @escaping @Sendable () -> LiveSnapshot?, isLoopback: Bool) {
    (self.provider, self.isLoopback) = (provider, isLoopback)
  }

  /// An answer without its headers.
  struct Answer {
    var status: HTTPResponseStatus
    var contentType = "text/plain; charset=utf-8"
    var body: [UInt8]

    init(_ status: HTTPResponseStatus, _ sentence: String) {
      self.status = status
      body = Array("\(sentence)\n".utf8)
    }

    init(_ contentType: String, _ body: [UInt8]) {
      (status, self.contentType, self.body) = (.ok, contentType, body)
    }
  }

  /// The answer to a request for `target`, made from what is known now.
  ///
  /// - Complexity: that of the report's renderer, once for each snapshot.
  func answer(_ method: HTTPMethod, _ target: String, host: String?) -> Answer {
    guard method == .GET || method == .HEAD else { return Answer(.methodNotAllowed, "Only GET and HEAD are answered.") }
    guard isLocalName(host) else {
      return Answer(.misdirectedRequest, "Ask by address, or as localhost: other names could be a foreign page's.")
    }
    let page: (LiveSnapshot) -> Answer
    let path = String(target.prefix { $0 != "?" })
    switch path {
    case "/": page = { Answer("text/html; charset=utf-8", HTMLReport(RenderingOptions()).bytes($0.report)) }
    case "/metrics": page = { Answer(PrometheusText.contentType, Array(PrometheusText.page($0).utf8)) }
    case "/report.json": page = { Answer("application/json", JSONReport(RenderingOptions()).bytes($0.report)) }
    default: return Answer(.notFound, "There are / (the report), /report.json and /metrics.")
    }
    guard let snapshot = provider() else {
      return Answer(.serviceUnavailable, "Nothing is known yet; ask again in a second.")
    }
    return cache.page(path, snapshot.time) { page(snapshot) }
  }

  /// On loopback a request must not come through a name that somebody else's name server made point here: with such a
  /// name a page of theirs, open in a browser on this host, could read the report (DNS rebinding).
  private func isLocalName(_ host: String?) -> Bool {
    guard isLoopback, let host else { return true }
    if host.hasPrefix("[") { return true }
    let name = host.prefix { $0 != ":" }
    return name == "localhost" || name.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
  }
}

/// The last page of each path, so that many readers cost no more than one.
///
/// Bounded by the paths that there are. Pages of one server are made on one thread, so nobody waits here.
private final class PageCache: Sendable {
  private let pages = Mutex<[String: (time: Int64, answer: Pages.Answer)]>([:])

  /// The page of `path` for the snapshot of `time`, made if need be.
  func page(_ path: String, _ time: Int64, _ make: () -> Pages.Answer) -> Pages.Answer {
    if let known = pages.withLock({ $0[path] }), known.time == time { return known.answer }
    let answer = make()
    pages.withLock { $0[path] = (time, answer) }
    return answer
  }
}
