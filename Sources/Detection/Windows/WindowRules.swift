/// Texts of rules about receive windows.
enum WindowRules {
  static let zero = Rule(
    id: "zero-window", family: .window, title: "Receive window closed",
    meaning: "A receiver has told its sender to stop (window 0): its program does not read what has come. The sender "
      + "waits, asking again with window probes, however good the network is.",
    fires:
      "The window was closed and the sender waited: its probes were answered with window 0, or, closed for less than "
      + "200 ms, before the first probe is due, the window was filled again within 50 ms of its opening. From 200 ms of "
      + "waiting on, or 3 times in 10 s: notice; warning from 1 s; critical from 10 s. Closed 3 times in 10 s for a "
      + "moment, and nothing tells whether the sender had anything to send: notice, possible, no time lost.",
    falseAlarms: "Printers, tape drives and programs that process what they read slowly use the window as it is meant. "
      + "Seen from the receiver's side, the window opens there earlier than the sender hears of it.",
    remedy: "Find out why the receiving program does not read: busy, blocked on a disk or a lock, single-threaded, "
      + "stopped. More buffer (net.ipv4.tcp_rmem, no fixed SO_RCVBUF) bridges short pauses only.",
    nextSteps: [
      NextStep(
        "ss -tmino src ADDRESS", tells: "on the receiving host: Recv-Q not empty means that the program does not read"),
      NextStep("top -H -p PID", tells: "on the receiving host: what the program does instead"),
      NextStep(
        "nstat -az TcpExtTCPToZeroWindowAdv TcpExtTCPFromZeroWindowAdv TcpExtTCPZeroWindowDrop TcpExtTCPWinProbe",
        tells: "how often windows close there, and how often senders ask"),
    ],
    counters: [
      "TcpExtTCPToZeroWindowAdv", "TcpExtTCPFromZeroWindowAdv", "TcpExtTCPWantZeroWindowAdv", "TcpExtTCPZeroWindowDrop",
      "TcpExtTCPWinProbe",
    ], dropReasons: ["TCP_ZEROWINDOW"],
    source: "RFC 9293 §3.8.6.1; Linux __tcp_select_window, tcp_send_probe0")
}
