import CPrefetch
import Glibc

/// A flat, growable store of plain records whose addresses never change.
///
/// The only place of the engine that touches memory by pointer, together with ``SlotTable``. Address space for
/// `capacity`
/// records is reserved once and becomes memory page by page, so growing copies nothing. An index is valid from
/// `allocate` to `release`; every access checks it against the records ever handed out.
@safe
struct Arena<Record: BitwiseCopyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Record>
  private let bytes: Int
  private let capacity: Int
  private var free: [UInt32] = []
  /// Records ever handed out; those beyond have never been written.
  private(set) var used = 0

  /// Records in use now.
  var count: Int { used - free.count }
  var isFull: Bool { free.isEmpty && used == capacity }

  /// Reserves room for `capacity` records; without address space the arena is full from the start.
  init(capacity wanted: Int) {
    let size = max(1, wanted) * MemoryLayout<Record>.stride
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    // Fresh anonymous memory, nobody else knows it; its failure value is checked before use.
    if let memory = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), unsafe memory != MAP_FAILED {
      _ = unsafe madvise(memory, size, 14)  // MADV_HUGEPAGE: fewer TLB misses where the system grants it
      unsafe base = memory.bindMemory(to: Record.self, capacity: max(1, wanted))
      bytes = size
      capacity = max(1, wanted)
    } else {
      unsafe base = UnsafeMutablePointer<Record>.allocate(capacity: 1)
      bytes = 0
      capacity = 0
    }
  }

  deinit {
    // Either the mapping or the one-record stand-in, made by `init` and never handed out.
    if bytes > 0 { _ = unsafe munmap(base, bytes) } else { unsafe base.deallocate() }
  }

  /// Stores `record` and returns its index, nil when the arena is full.
  mutating func allocate(_ record: Record) -> UInt32? {
    if let index = free.popLast() {
      // Free indices were handed out before, so they lie below `used`.
      unsafe base[Int(index)] = record
      return index
    }
    guard used < capacity else { return nil }
    // `used < capacity` records fit the mapping.
    unsafe (base + used).initialize(to: record)
    used += 1
    return UInt32(truncatingIfNeeded: used - 1)
  }

  /// Gives the record's place back.
  mutating func release(_ index: UInt32) { free.append(index) }

  subscript(index: UInt32) -> Record {
    @inline(__always) _read {
      precondition(Int(index) < used)
      // Below `used`, hence initialized and inside the mapping; lent, not copied: a record is large.
      yield unsafe base[Int(index)]
    }
    @inline(__always) _modify {
      precondition(Int(index) < used)
      // As above; the arena is borrowed exclusively while the record is being changed.
      yield unsafe &base[Int(index)]
    }
  }

  /// Asks the processor for the cache lines at `offset` bytes into the record; out-of-range indices are harmless.
  @inline(__always)
  func prefetch(_ index: UInt32, offset: Int = 0) {
    guard Int(index) < used else { return }
    // A prefetch never faults, and the address lies inside the mapping.
    unsafe tcptriage_prefetch(UnsafeRawPointer(base + Int(index)) + offset)
  }
}
