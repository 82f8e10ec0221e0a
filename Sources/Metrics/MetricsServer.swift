import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Triage

/// Serves what live mode knows over HTTP: metrics for programs, and the report of this moment as a page.
///
/// On a thread of its own; a page is made when somebody asks for it, from the snapshot that `provider` hands out then. One
/// request for each connection, which then ends; it ends anyway after a minute, or ten seconds of silence. So many
/// connections at a time, further ones are closed at once.
package final class MetricsServer: Sendable {
  private let address: ListenAddress
  private let provider: @Sendable () -> LiveSnapshot?
  private let running = Mutex<(group: MultiThreadedEventLoopGroup, channel: any Channel)?>(nil)

  /// A scraper, its spare, and some people.
  static let connections = 32
  private static let silence = TimeAmount.seconds(10)
  private static let patience = TimeAmount.seconds(60)
  /// Far above what browsers send.
  private static let headerFields = 100
  private static let headerBytes = 16_384

  /// A server that does not listen yet.
  package init(_ address: ListenAddress, provider: @escaping @Sendable () -> LiveSnapshot?) {
    (self.address, self.provider) = (address, provider)
  }

  deinit { stop() }

  /// Begins to listen.
  ///
  /// - Returns: the port, which the system chose if the address has none.
  /// - Throws: when the port cannot be had.
  package func start() throws(MetricsServerError) -> Int {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let place = try SocketAddress(ipAddress: address.host, port: address.port)
      let channel = try bootstrap(group).bind(to: place).wait()
      running.withLock { $0 = (group, channel) }
      return channel.localAddress?.port ?? address.port
    } catch {
      try? group.syncShutdownGracefully()
      throw MetricsServerError(address, error)
    }
  }

  /// Ends all connections; harmless when nothing runs.
  package func stop() {
    let group = running.withLock { running in
      defer { running = nil }
      return running?.group
    }
    // Takes the listening channel and all connections with it.
    try? group?.syncShutdownGracefully()
  }

  private func bootstrap(_ group: MultiThreadedEventLoopGroup) -> ServerBootstrap {
    let pages = Pages(provider: provider, isLoopback: address.isLoopback)
    let census = ConnectionCensus(limit: Self.connections)
    return ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 64)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        guard census.admits(channel) else { return channel.close() }
        return channel.eventLoop.makeCompletedFuture { try Self.furnish(channel, pages) }
      }
  }

  private static func furnish(_ channel: any Channel, _ pages: Pages) throws {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = headerBytes
    limits.maxHeaderFieldCount = headerFields
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(IdleStateHandler(allTimeout: silence))
    try pipeline.configureHTTPServerPipeline(
      withPipeliningAssistance: false, withServerUpgrade: nil, withErrorHandling: true,
      withOutboundHeaderValidation: true, withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
    try pipeline.addHandler(PageHandler(pages))
    let deadline = channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
    channel.closeFuture.whenComplete { _ in deadline.cancel() }
  }
}

/// Why the server cannot listen.
package struct MetricsServerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One sentence with the next step.
  package var sentence: String

  package var description: String { sentence }

  init(_ address: ListenAddress, _ error: any Error) {
    let place = ListenAddress.authority(address.host, address.port)
    let code = (error as? IOError)?.errnoCode ?? 0
    sentence =
      switch code {
      case EADDRINUSE: "Metrics cannot be served at \(place): another program listens there; name another port."
      case EACCES, EPERM: "Metrics cannot be served at \(place): ports below 1024 need root; name a higher one."
      case EADDRNOTAVAIL: "Metrics cannot be served at \(place): no interface of this host has that address."
      case EAFNOSUPPORT: "Metrics cannot be served at \(place): this host does not speak that version of IP."
      default: "Metrics cannot be served at \(place) (error \(code)); name another address and port."
      }
  }
}

/// How many connections there are.
private final class ConnectionCensus: Sendable {
  private let count = Atomic(0)
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Counts a connection until it is closed, unless there are enough.
  func admits(_ channel: any Channel) -> Bool {
    guard count.add(1, ordering: .relaxed).newValue <= limit else {
      count.subtract(1, ordering: .relaxed)
      return false
    }
    channel.closeFuture.whenComplete { [self] _ in count.subtract(1, ordering: .relaxed) }
    return true
  }
}
