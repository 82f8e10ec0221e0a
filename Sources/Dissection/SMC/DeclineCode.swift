/// What a diagnosis code of a Decline means, and what repairs it.
///
/// Sources: Linux `net/smc/smc_clc.h` (names and numbers), `af_smc.c` (who sends what), smcss(8).
package struct DeclineCode: Sendable {
  /// Who can send a code in a packet; the others are seen in `smcss` only.
  package enum Senders: String, Sendable {
    case client
    case server
    case either = "client or server"
    case nobody = "nobody: local only"
  }

  package var code: UInt32
  /// Macro of the kernel without `SMC_CLC_DECL_`.
  package var name: String
  /// A few plain words.
  package var words: String
  /// What it means for whoever sent it.
  package var meaning: String
  /// What repairs it.
  package var remedy: String
  package var senders: Senders
  /// A command that shows the cause on the sender, and what its output tells.
  package var command: (line: String, tells: String)

  /// The code as `smcss` prints it.
  package static func text(_ code: UInt32) -> String { "0x" + hexadecimal(code, digits: 8) }

  /// The entry of a code that current Linux kernels know, nil for any other.
  package static func known(_ code: UInt32) -> DeclineCode? {
    table.first { $0.code == code } ?? internalTable.first { $0.code == code }
  }

  /// What the same number meant in the first kernels (4.11 to 4.16); only version 1 can carry it.
  package static func meaning2017(_ code: UInt32) -> String? {
    switch code {
    case 0x0200_0000: "timeout"
    case 0x0204_0000: "timeout waiting for the confirm link message"
    case 0x0303_0000: "IPsec in use"
    case 0x0600_0000: "reply to a decline"
    case 0x0700_0000: "sending failed"
    case 0x9999_0000: "internal error"
    default: nil
    }
  }

  init(
    _ code: UInt32, _ name: String, _ senders: Senders, _ words: String, _ meaning: String, _ remedy: String,
    run command: String = "smcss -a", tells: String = "the fallback code of each SMC socket on this host"
  ) {
    self.code = code
    self.name = name
    self.senders = senders
    self.words = words
    self.meaning = meaning
    self.remedy = remedy
    self.command = (command, tells)
  }
}
