import FuzzInputs

/// Keeps results alive, so that no work can be optimized away.
nonisolated(unsafe) public var sink: [UInt8] = []

/// Bytes as frames: no detector and no renderer may crash or say what cannot be.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  sink = EngineInput.run(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: bytes, count: count)))
  return 0
}
