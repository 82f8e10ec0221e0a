import CaptureFiles
import Frames
import LiveCapture
import Triage

/// A source of frames that live mode can follow.
protocol LiveSource: FrameSource, ~Copyable {
  /// What was counted on each interface, asked anew.
  mutating func currentInterfaces() -> [LiveInterface]

  /// What happened since the last time, a sentence each.
  mutating func takeRemarks() -> [String]

  /// Hands out what has come until `end` (ns since 1970), some of which may not have been shown yet.
  mutating func rest(until end: Int64, _ body: (borrowing FrameBatch) -> Void)
}

extension InterfaceSource: LiveSource {
  mutating func currentInterfaces() -> [LiveInterface] {
    updateCounts()
    return interfaces.map { name, counts, isUp in
      var interface = LiveInterface(name: name)
      interface.received = counts.received
      interface.droppedByRing = counts.droppedByRing
      interface.droppedByInterface = counts.droppedByInterface
      interface.isUp = isUp
      return interface
    }
  }
}

extension CaptureReader: LiveSource {
  mutating func currentInterfaces() -> [LiveInterface] {
    description.files.map { file in
      var interface = LiveInterface(name: file.name)
      interface.received = file.frames
      return interface
    }
  }

  mutating func takeRemarks() -> [String] { [] }

  mutating func rest(until end: Int64, _ body: (borrowing FrameBatch) -> Void) {}
}
