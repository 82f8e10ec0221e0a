import Tracking

extension EndState {
  /// The state in the letters of the Linux kernel, which the BCC tools print (`FIN_WAIT1`, not `FIN-WAIT-1`).
  package var kernelName: String {
    switch self {
    case .unknown: ""
    case .listen: "LISTEN"
    case .synSent: "SYN_SENT"
    case .synReceived: "SYN_RECV"
    case .established: "ESTABLISHED"
    case .finWait1: "FIN_WAIT1"
    case .finWait2: "FIN_WAIT2"
    case .closeWait: "CLOSE_WAIT"
    case .closing: "CLOSING"
    case .lastACK: "LAST_ACK"
    case .timeWait: "TIME_WAIT"
    case .closed: "CLOSE"
    }
  }

  /// Whether a socket that stays in it waits for a packet or for its application.
  var isTransient: Bool {
    switch self {
    case .synSent, .synReceived, .finWait1, .finWait2, .closeWait, .closing, .lastACK: true
    default: false
    }
  }
}
