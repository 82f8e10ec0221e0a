import Glibc

/// `benchgen small|mtu|many|day OUT [--packets N] [--flows N]`: a large capture, the same bytes on every machine.
@main
struct BenchGen {
  private static let usage = "usage: benchgen small|mtu|many|day OUT [--packets N] [--flows N]"

  private let profile: Profile
  private let path: String
  private var packets: Int
  private var flows: Int

  private init?(_ arguments: ArraySlice<String>) {
    guard arguments.count >= 2, arguments.count % 2 == 0,
      let profile = Profile(rawValue: arguments[arguments.startIndex])
    else { return nil }
    self.profile = profile
    path = arguments[arguments.startIndex + 1]
    packets = profile.packets
    var flows: Int?
    for index in stride(from: arguments.startIndex + 2, to: arguments.endIndex, by: 2) {
      guard let value = UInt32(arguments[index + 1]), value > 0 else { return nil }
      switch arguments[index] {
      case "--packets": packets = Int(value)
      case "--flows": flows = Int(value)
      default: return nil
      }
    }
    self.flows = flows ?? max(1, packets / profile.packetsPerFlow)
  }

  static func main() {
    guard let request = Self(CommandLine.arguments.dropFirst()) else { end(usage, status: 2) }
    do throws(GeneratorError) {
      let (profile, packets, flows) = (request.profile, request.packets, request.flows)
      let byteCount = try profile.generate(packets: packets, flows: flows, to: request.path)
      print("\(request.path): \(packets) packets, \(byteCount) bytes, \(flows) flows")
    } catch {
      end("benchgen: \(error)", status: 1)
    }
  }

  private static func end(_ message: String, status: CInt) -> Never {
    let line = Array("\(message)\n".utf8)
    OutputFile.write(line, count: line.count, to: OutputFile.standardError)
    exit(status)
  }
}
