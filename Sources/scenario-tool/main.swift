import ArgumentParser
import Foundation
import Scenarios

/// Captures made from scenarios: `build`, `print`, `variant`.
struct ScenarioCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenario", abstract: "Makes captures from scenario files, and shows what is in them.",
    subcommands: [Build.self, Print.self, MakeVariant.self])
}

/// Every folder with a scenario.txt gets its capture.
struct Build: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the capture of every scenario.txt below FOLDER, where it differs from the one that is there.")

  @Argument(help: "A folder of cases.") var folder: String
  @Flag(help: "Write nothing; fail when a capture is missing or differs.") var check = false

  func run() throws {
    let folders = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    let scenarios = folders.filter { ($0 as NSString).lastPathComponent == "scenario.txt" }.sorted()
    var failures = 0
    for path in scenarios {
      let source = URL(fileURLWithPath: folder).appendingPathComponent(path)
      do throws(Complaint) {
        try build(source)
      } catch {
        failures += 1
        FileHandle.standardError.write(Data("\(error)\n".utf8))
      }
    }
    print("\(scenarios.count) scenarios, \(failures) failed")
    if failures > 0 { throw ExitCode.failure }
  }

  private func build(_ source: URL) throws(Complaint) {
    let scenario = try load(source.path)
    let bytes = try playing(source.path) { () throws(ScenarioError) in try scenario.capture() }
    let target = source.deletingLastPathComponent().appendingPathComponent(scenario.fileName)
    let data = Data(bytes)
    if data == (try? Data(contentsOf: target)) { return }
    guard !check else {
      throw Complaint(description: "\(target.path): is not what scenario.txt says; run `scenario build`")
    }
    try write(data, to: target.path)
    print("\(target.path): \(bytes.count) bytes")
  }
}

/// The frames in words.
struct Print: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List the packets of a scenario as tcpdump would.")

  @Argument(help: "A scenario file.") var file: String

  func run() throws {
    let scenario = try load(file)
    print("# \(scenario.title)")
    let packets = try playing(file) { () throws(ScenarioError) in try scenario.packets() }
    print(Listing.lines(packets).joined(separator: "\n"))
  }
}

/// One variant of one scenario.
struct MakeVariant: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "variant", abstract: "Write a variant of a scenario as a capture file.",
    discussion: "Variants: " + (["plain"] + Variant.all.map(\.name)).joined(separator: ", ") + ".")

  @Argument(help: "Name of the variant.") var name: String
  @Argument(help: "A scenario file.") var input: String
  @Argument(help: "The capture file to write.") var output: String

  func run() throws {
    guard let variant = ([.plain] + Variant.all).first(where: { $0.name == name }) else {
      throw ValidationError("There is no variant '\(name)'; see `scenario help variant`.")
    }
    let scenario = try load(input)
    try write(Data(try playing(input) { () throws(ScenarioError) in try scenario.capture(variant) }), to: output)
  }
}

/// Something wrong with a file, in one sentence.
struct Complaint: Error, CustomStringConvertible {
  var description: String
}

/// Reads and parses a scenario file.
func load(_ path: String) throws(Complaint) -> Scenario {
  guard let data = FileManager.default.contents(atPath: path) else {
    throw Complaint(description: "\(path): cannot be read")
  }
  return try playing(path) { () throws(ScenarioError) in try Scenario(parsing: String(decoding: data, as: UTF8.self)) }
}

/// Puts the file's name in front of a scenario's error.
func playing<Result>(_ path: String, _ body: () throws(ScenarioError) -> Result) throws(Complaint) -> Result {
  do throws(ScenarioError) { return try body() } catch {
    throw Complaint(description: "\(path): \(error)")
  }
}

func write(_ data: Data, to path: String) throws(Complaint) {
  do { try data.write(to: URL(fileURLWithPath: path)) } catch {
    throw Complaint(description: "\(path): cannot be written")
  }
}

ScenarioCommand.main()
