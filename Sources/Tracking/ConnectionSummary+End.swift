extension ConnectionSummary {
  /// The report's form of a connection's end.
  package init(_ end: ConnectionEnd) {
    let trip = [end.fromClient.leastRoundTrip, end.fromServer.leastRoundTrip].filter { $0 > 0 }
    self.init(
      id: end.id, client: end.client, server: end.server, rolesGuessed: end.rolesGuessed, firstFrame: end.firstFrame,
      lastFrame: end.lastFrame, firstTime: end.firstTime, lastTime: end.lastTime,
      fromClient: DirectionSummary(end.fromClient), fromServer: DirectionSummary(end.fromServer), state: end.phaseName,
      clientState: end.clientStateName, serverState: end.serverStateName,
      clientStateSince: end.clientState == .unknown ? nil : end.clientStateSince,
      serverStateSince: end.serverState == .unknown ? nil : end.serverStateSince, ending: end.endingName,
      midStream: end.midStream, handshake: end.handshake > 0 ? end.handshake : nil,
      leastRoundTrip: trip.isEmpty ? nil : trip.reduce(0, +), vantage: end.vantage.name,
      time: end.time, smc: end.smc?.word ?? "")
  }
}

extension DirectionSummary {
  init(_ end: DirectionEnd) {
    self.init()
    packets = end.packets
    payloadBytes = end.payloadBytes
    dataPackets = end.dataPackets
    retransmissions = UInt64(end.retransmissions)
    retransmittedBytes = end.retransmittedBytes
    mss = end.mss
    windowScale = end.windowScale
    hopLimit = end.hopLimit
  }
}
