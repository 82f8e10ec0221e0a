/// A capture told as a story: hosts, connections, and what passes the capture point, line by line.
///
/// The notation, by example (every field has a default; `captures/README.md` has all of it):
/// ```
/// # What is tested, in one line.
/// host C 10.0.0.3 ttl=57 clock=5000 hz=1000
/// conn web C:40001 B:80 isn=1,2 nosack rtt=10ms
/// handshake
/// +1s     A P.  1001:1101  ack 5001  win 502  tsval=90000  id=7  "GET /"  @request
/// +10ms   lost B P.  next:+1448
/// 2s      web C .  sack=6449-7897
/// +0  repeat 12 every 600ms as k {
///   +0    A .  900  ack 5001+k
/// }
/// ```
/// Times are since the start (`2s`) or since the line above (`+10ms`, `-3ms`). Flags are tcpdump's letters, `-` is none.
package struct Scenario: Sendable {
  /// The comment in the first line: what is tested.
  package let title: String
  let declarations: Declarations
  let steps: [Step]

  /// Reads the notation.
  ///
  /// Throws at the first line that cannot be understood, with what was expected there.
  package init(parsing text: String) throws(ScenarioError) {
    var parser = ScenarioParser(text: text)
    try parser.parse()
    title = parser.title
    declarations = parser.declarations
    steps = parser.steps
  }

  /// Plays the story: the packets that the capture sees, in the order of the file.
  ///
  /// Throws when an expression has no value or the story grows past a million steps.
  package func packets() throws(ScenarioError) -> [Packet] {
    var player = Player(declarations: declarations)
    try player.play(steps)
    return player.packets
  }
}
