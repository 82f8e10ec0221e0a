import Triage

extension KernelSettings {
  /// This host's settings; what cannot be read is missing.
  package static func read() -> KernelSettings {
    var settings = KernelSettings()
    for name in names { settings[name] = value(name) }
    for file in HostFile.names(in: "/proc/sys/net/smc").prefix(50) {
      settings[smcPrefix + file] = value(smcPrefix + file)
    }
    settings.isComplete = !settings.values.isEmpty
    settings.kernel = HostFile.line("/proc/sys/kernel/osrelease").map(trimmed)
    settings.queues = QueueList.read()
    settings.smcDevices = HostFile.names(in: "/sys/class/infiniband") + HostFile.names(in: "/sys/bus/ism/devices")
    return settings
  }

  private static func value(_ name: String) -> String? {
    let path = name.split(separator: ".").joined(separator: "/")
    return HostFile.line("/proc/sys/\(path)").map(trimmed)
  }
}
