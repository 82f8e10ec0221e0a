import FuzzInputs

/// Keeps results alive, so that no work can be optimized away.
nonisolated(unsafe) public var sink: UInt64 = 0
private nonisolated(unsafe) let file = MemoryFile()

/// Bytes as a capture file: nothing may crash, hang, or point outside of what was read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let file, file.hold(UnsafeRawBufferPointer(start: bytes, count: count)) else { return -1 }
  sink = ReadersInput.run(file, count: count).checksum
  return 0
}
