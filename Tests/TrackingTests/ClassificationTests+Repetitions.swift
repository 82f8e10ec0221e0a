extension ClassificationTests {
  /// Data, SYN and SYN-ACK that come a second time or out of turn, and why.
  static let repetitions = [
    Case(
      label: "fast retransmission after duplicate ACKs",
      story: """
        handshake
        1s      lost B . next:+1448
        +0.1ms  repeat 4 every 0.1ms {
          +0    B . next:+1448
        }
        +10ms   A . ack 5001 sack=6449-7897
        +0.1ms  A . ack 5001 sack=6449-9345
        +0.1ms  A . ack 5001 sack=6449-12241
        +10ms   B . 5001:6449 @again
        +10ms   A . ack 12241
        """, verdicts: ["again": "retransmission fast"]),
    Case(
      label: "retransmission timeout, with backoff",
      story: """
        conn main A:40000 B:80 nosack
        handshake
        100ms   lost A P. 1001:2449
        320ms   lost A P. 1001:2449 @first
        760ms   lost A P. 1001:2449 @second
        1640ms  A P. 1001:2449 @third
        +10ms   B . ack 2449
        """,
      verdicts: ["first": "retransmission rto", "second": "retransmission rto", "third": "retransmission rto"]),
    Case(
      label: "everything after the timeout is sent again",
      story: """
        conn main A:40000 B:80 nosack
        handshake
        +10ms   lost A . 1001:2449
        +0.1ms  repeat 3 every 0.1ms {
          +0      lost A . next:+1448
        }
        280ms   A . 1001:2449 @first
        +10ms   B . ack 2449
        +10ms   A . 2449:3897 @next
        +0.1ms  A . 3897:5345 @last
        """,
      verdicts: [
        "first": "retransmission rto", "next": "retransmission rto-recovery", "last": "retransmission rto-recovery",
      ]),
    Case(
      label: "tail loss probe: the last segment, after two round trips",
      story: """
        handshake
        +10ms   repeat 8 every 0.1ms {
          +0      A . next:+1448
        }
        +0.1ms  lost A . 12585:14033
        +0.1ms  lost A P. 14033:15481
        40.8ms  B . ack 12585
        83.8ms  A P. 14033:15481 @probe
        +10ms   B . ack 12585 sack=14033-15481
        +10ms   A . 12585:14033 @repair
        +10ms   B . ack 15481
        """, verdicts: ["probe": "retransmission tlp", "repair": "retransmission fast"]),
    Case(
      label: "SYN and SYN-ACK again",
      story: "0 A S 1000\n1s A S 1000 @syn\n+10ms B S. 5000 ack 1001\n+1s B S. 5000 ack 1001 @synack",
      verdicts: ["syn": "retransmission syn", "synack": "retransmission synack"]),
    Case(
      label: "reordered by timestamp",
      story: """
        handshake
        180ms   B . 5001:6449  tsval=700200
        +0.1ms  B . 7897:9345  tsval=700200
        +0.3ms  B . 6449:7897  tsval=700199 @late
        """, verdicts: ["late": "reordered"]),
    Case(
      label: "a hole filled with a newer timestamp was lost before the capture",
      story: """
        handshake
        210ms   B . 5001:6449  tsval=700210
        +0.1ms  B . 7897:9345  tsval=700210
        +0.3ms  B . 6449:7897  tsval=700232 @repair
        """, verdicts: ["repair": "retransmission unknown"]),
    Case(
      label: "reordered by IP identification",
      story: """
        handshake
        180ms   B . 5001:6449  id=9001 tsval=700200
        +0.1ms  B . 7897:9345  id=9003 tsval=700200
        +0.3ms  B . 6449:7897  id=9002 tsval=700200 @late
        """, verdicts: ["late": "reordered"]),
    Case(
      label: "a hole filled with a newer IP identification is sent again",
      story: """
        handshake
        180ms   B . 5001:6449  id=9001 tsval=700200
        +0.1ms  B . 7897:9345  id=9003 tsval=700200
        +22ms   B . 6449:7897  id=9004 tsval=700200 @repair
        """, verdicts: ["repair": "retransmission unknown"]),
    Case(
      label: "reordered by time alone",
      story: """
        conn main A:40000 B:80 nots
        handshake
        180ms   B . 5001:6449  id=0
        +0.1ms  B . 7897:9345  id=0
        +0.3ms  B . 6449:7897  id=0 @late
        """, verdicts: ["late": "reordered"]),
    Case(
      label: "a hole filled a round trip later was sent again",
      story: """
        conn main A:40000 B:80 nots
        handshake
        180ms   B . 5001:6449  id=0
        +0.1ms  B . 7897:9345  id=0
        +25ms   B . 6449:7897  id=0 @repair
        """, verdicts: ["repair": "retransmission unknown"]),
    Case(
      label: "needless by DSACK",
      story: """
        handshake
        300ms   A P. 1001:2449
        +220ms  A P. 1001:2449 @copy
        +1ms    B . ack 2449
        +220ms  B . ack 2449 sack=1001-2449
        """, verdicts: ["copy": "retransmission tlp needless"]),
    Case(
      label: "needless by the echoed timestamp (Eifel)",
      story: """
        conn main A:40000 B:80 nosack
        handshake
        300ms   A P. 1001:2449
        +220ms  A P. 1001:2449 @copy
        700ms   B . ack 2449 tsecr=100300
        """, verdicts: ["copy": "retransmission rto needless"]),
    Case(
      label: "needed: the echo is that of the second sending",
      story: """
        conn main A:40000 B:80 nosack
        handshake
        300ms   lost A P. 1001:2449
        +220ms  A P. 1001:2449 @copy
        +10ms   B . ack 2449 tsecr=100520
        """, verdicts: ["copy": "retransmission rto"]),
    Case(
      label: "needless because it was acknowledged before",
      story: "handshake\n+1s A P. 1001:2449\n+10ms B . ack 2449\n+0.5ms A P. 1001:2449 @crossing",
      verdicts: ["crossing": "retransmission unknown needless"]),
    Case(
      label: "copy made by the network, proven by DSACK",
      story: """
        handshake
        +1s   A P. 1001:2449 id=500 tsval=101020
        +1ms  A P. 1001:2449 id=500 tsval=101020 @copy
        +10ms B . ack 2449
        +1ms  B . ack 2449 sack=1001-2449
        """, verdicts: ["copy": "network-duplicate"]),
    Case(
      label: "copy made by the network, later than any capture makes one",
      story: """
        handshake
        +1s    A P. 1001:2449  id=500 tsval=101020
        +1ms   A P. 2449:3897  id=501 tsval=101021
        +30ms  A P. 1001:2449  id=500 tsval=101020 @copy
        """, verdicts: ["copy": "network-duplicate"]),
    Case(
      label: "copy made by the capture",
      story: "handshake\n+1s A P. 1001:2449 id=500\n+0.005ms A P. 1001:2449 id=500 tsval=101020 ttl=62 @copy",
      verdicts: ["copy": "capture-duplicate"]),
    Case(
      label: "old and new bytes in one segment",
      story:
        "handshake\n+1s A P. 1001:1101\n+300ms A P. 1001:1201 @both\n+10ms B . ack 1201\n+1ms A P. 1201:1301 @next",
      verdicts: ["both": "retransmission rto", "next": "ordinary"]),
  ]
}
