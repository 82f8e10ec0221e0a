import Dissection

/// How SMC went between clients and one listener.
public struct SMCLedgerEntry: Sendable {
  /// The listener.
  public var server: Endpoint
  /// The client host.
  public var client: IPAddress
  /// Connections whose SYN offered SMC.
  public var offered: UInt64 = 0
  /// Connections whose SYN-ACK answered the offer.
  public var answered: UInt64 = 0
  /// Connections that finished the CLC handshake.
  public var established: UInt64 = 0
  /// Declines by code, in order of the code.
  public var declines: [(code: UInt32, name: String, fromClient: Bool, count: UInt64)] = []
  /// Connections of the pair without an offer.
  public var notOffered: UInt64 = 0

  /// A pair with nothing counted yet.
  package init(server: Endpoint, client: IPAddress) {
    self.server = server
    self.client = client
  }
}
