/// Every detector, in report order: to add one, write its file and add its line.
package let allDetectors: [any Detector.Type] = [
  CaptureCopies.self,
  CaptureLoss.self,
  CaptureCutFrames.self,
  CaptureOneSided.self,
  CaptureMidStream.self,
  CaptureClock.self,
  CaptureTruncated.self,
  CaptureOffload.self,
  CaptureNotAnalyzed.self,
  ACKLoopDetector.self,
  ResetLoopDetector.self,
  PAWSDetector.self,
  TimeWaitSYNDetector.self,
  SYNTimestampDropDetector.self,
  TimestampOptionDetector.self,
  TimestampClockDetector.self,
  PathEventDetector.self,
  RetransmissionDetector.self,
  SMCDetector.self,
  ListenerDetector.self,
  ZeroWindowDetector.self,
]

/// Every rule, in report order.
public let allRules: [Rule] = allDetectors.flatMap { $0.rules }
