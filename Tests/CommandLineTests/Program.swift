import Foundation
import Testing

/// The built program, run as a user would.
struct Program {
  struct Outcome {
    var status: Int32
    var output: String
    var complaint: String
  }

  /// Where the program lies: beside the test bundle that is running.
  static let path: URL = {
    let running = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let places = [running] + CommandLine.arguments.map { URL(filePath: $0).deletingLastPathComponent() }
    let found = places.map { $0.appending(path: "tcptriage") }
    return found.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? found[0]
  }()

  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  /// A capture with one finding of severity warning in 14 frames of one connection.
  static let capture = root.appending(path: "captures/smc-ueid-mismatch/capture.pcap")

  /// Runs the program with `input` on its standard input and waits for its end.
  static func run(
    _ arguments: [String], input: Data? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    try launch(path, arguments, input, environment)
  }

  /// Runs a line of shell in which `$P` is the program and `$C` the capture.
  static func shell(_ line: String) throws -> Outcome {
    try launch(URL(filePath: "/bin/bash"), ["-c", line], nil, ["P": path.path, "C": capture.path])
  }

  private static func launch(
    _ program: URL, _ arguments: [String], _ input: Data?, _ environment: [String: String]
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = ["PATH": "/usr/bin:/bin", "TERM": "xterm"].merging(environment) { $1 }
    let folder = try Folder()
    let files = try ["in", "out", "err"].map { try folder.add($0, $0 == "in" ? input ?? Data() : Data()) }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    let texts = try files.dropFirst().map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    // A signal must never look like an exit status.
    let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    return Outcome(status: status, output: texts[0], complaint: texts[1])
  }
}

/// A folder that goes away with its last user.
final class Folder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "command-line-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  @discardableResult
  func add(_ name: String, _ data: Data) throws -> URL {
    let file = url.appending(path: name)
    try data.write(to: file)
    return file
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: url.appending(path: name)), as: UTF8.self)
  }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path).sorted()) ?? [] }
}
