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
}

extension InterfaceSource: LiveSource {
  mutating func currentInterfaces() -> [LiveInterface] {
    updateCounts()
    return interfaces.map { name, counts, isOpen in
      var interface = LiveInterface(name: name)
      interface.received = counts.received
      interface.droppedByRing = counts.droppedByRing
      interface.droppedByInterface = counts.droppedByInterface
      interface.isUp = isOpen
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
}
