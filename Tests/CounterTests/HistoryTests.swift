import Testing

@testable import Triage

@Suite("Counters that run")
struct HistoryTests {
  private let second: Int64 = 1_000_000_000

  /// Readings of one counter that moves by these steps, one each second.
  private func readings(_ steps: [UInt64], _ name: String = "TcpRetransSegs") throws -> [CounterReading] {
    var history = CounterHistory()
    var value: UInt64 = 1_000
    var all = history.take(try CounterSnapshot([name: value]), at: 0)
    for (index, step) in steps.enumerated() {
      value += step
      all += history.take(try CounterSnapshot([name: value]), at: Int64(index + 1) * second)
    }
    return all
  }

  @Test("The first ten seconds say what is usual")
  func usual() throws {
    let all = try readings([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8])
    #expect(all.count == 12 && all[0].rate == 3 && all[0].value == 1_003)
    #expect(all[8].usual == nil && all[9].usual == 1...9)
    #expect(all.allSatisfy { !$0.runsAway && $0.meaning.hasPrefix("Segments sent again") })
  }

  @Test("It runs away from the second excessive reading on, and comes back after three calm ones")
  func runs() throws {
    let quiet = [UInt64](repeating: 2, count: 20)
    let all = try readings(quiet + [500, 500, 500, 2, 500, 3, 2, 2, 2, 2])
    #expect(all.map(\.runsAway).suffix(10) == [false, true, true, true, true, true, true, false, false, false])
    // What was seen meanwhile is not usual.
    #expect(all.last?.usual == 2...2)
  }

  @Test("A counter that was always 0 runs when it moves ten times a second, not before")
  func fromZero() throws {
    let silence = [UInt64](repeating: 0, count: 15)
    #expect(try readings(silence + [9, 9, 9, 9]).allSatisfy { !$0.runsAway })
    #expect(try readings(silence + [10, 10]).last?.runsAway == true)
  }

  @Test("One burst is a burst, and becomes part of what is usual")
  func burst() throws {
    let all = try readings([UInt64](repeating: 0, count: 12) + [400, 0, 0, 0])
    #expect(all.allSatisfy { !$0.runsAway } && all.last?.usual?.upperBound == 400)
  }

  @Test("Growth by less than four times is no run, and neither is load")
  func ordinary() throws {
    let steady = [UInt64](repeating: 100, count: 15)
    #expect(try readings(steady + [399, 399, 399]).allSatisfy { !$0.runsAway })
    #expect(try readings(steady + [400, 400]).last?.runsAway == true)
    #expect(try readings(steady + [9_000, 9_000, 9_000], "TcpInSegs").allSatisfy { !$0.runsAway })
  }

  @Test("Only the last ten minutes are usual")
  func bounded() throws {
    let all = try readings([UInt64](repeating: 50, count: 100) + [UInt64](repeating: 5, count: 700))
    #expect(all[150].usual?.upperBound == 50 && all.last?.usual == 5...5)
  }

  @Test("Steps back, steps of no time and clocks that go back give no rates")
  func steps() throws {
    var history = CounterHistory()
    #expect(history.take(try CounterSnapshot(["TcpOutRsts": 100]), at: 0).isEmpty)
    #expect(history.take(try CounterSnapshot(["TcpOutRsts": 3]), at: second).isEmpty)
    #expect(history.take(try CounterSnapshot(["TcpOutRsts": 5]), at: second).isEmpty)
    #expect(history.take(try CounterSnapshot(["TcpOutRsts": 5]), at: .min).isEmpty)
    let next = history.take(try CounterSnapshot(["TcpOutRsts": 9]), at: 3 * second)
    #expect(next.map(\.rate) == [3])
  }

  @Test("Rates are per second, however far apart the readings")
  func apart() throws {
    var history = CounterHistory()
    _ = history.take(try CounterSnapshot(["TcpOutRsts": 0]), at: 0)
    #expect(history.take(try CounterSnapshot(["TcpOutRsts": 50]), at: 5 * second).map(\.rate) == [10])
    #expect(history.rate(of: "TcpOutRsts") == 10 && history.rate(of: "TcpInSegs") == nil)
    #expect(history.span == 0...5 * second)
  }

  @Test("The rate beside a finding is that of ten seconds")
  func window() throws {
    var history = CounterHistory()
    for index in 0...30 {
      _ = history.take(try CounterSnapshot(["TcpOutRsts": UInt64(index * index)]), at: Int64(index) * second)
    }
    #expect(history.span == 20 * second...30 * second && history.rate(of: "TcpOutRsts") == 50)
  }

  @Test("Every meaning is one sentence about a name of its own that this kernel or an old one has")
  func meanings() throws {
    let known = Set(
      try ["nstat-az", "softnet-softirqs"].flatMap { try Fixture.snapshot($0).counters.map(\.name) })
    let names = CounterMeaning.all.map(\.name)
    #expect(Set(names).count == names.count)
    for meaning in CounterMeaning.all {
      #expect(known.contains(meaning.name) || meaning.name == "TcpExtPAWSPassive", "\(meaning.name)")
      #expect(meaning.sentence.hasSuffix(".") && meaning.sentence.count <= 90, "\(meaning.sentence)")
    }
  }

  @Test("Everything is followed where everything is asked for")
  func everything() throws {
    var history = CounterHistory(everything: true)
    _ = history.take(try CounterSnapshot(["IpInReceives": 0, "TcpOutRsts": 0]), at: 0)
    let readings = history.take(try CounterSnapshot(["IpInReceives": 4, "TcpOutRsts": 1]), at: second)
    #expect(readings.map(\.name) == ["TcpOutRsts", "IpInReceives"] && readings[1].meaning.isEmpty)
  }
}
