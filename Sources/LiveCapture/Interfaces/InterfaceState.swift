import Glibc

/// Which interfaces of this host can carry frames.
enum InterfaceState {
  /// Names of those that are up and have a carrier; nil when the system does not say.
  static func working() -> Set<String>? {
    var first: UnsafeMutablePointer<ifaddrs>? = nil
    guard unsafe getifaddrs(&first) == 0 else { return nil }
    // The list is a chain of records that end with it; names are terminated, and copied before it is freed.
    defer { unsafe freeifaddrs(first) }
    let needed = UInt32(IFF_UP | IFF_RUNNING)
    var names: Set<String> = []
    var next = unsafe first
    while let entry = unsafe next?.pointee {
      if unsafe entry.ifa_flags & needed == needed { names.insert(unsafe String(cString: entry.ifa_name)) }
      unsafe next = entry.ifa_next
    }
    return names
  }
}
