import Foundation
import Testing

@testable import Rendering

private let folder = ProcessInfo.processInfo.environment["RENDER_DEMO"]

@Test("writes every format to the folder RENDER_DEMO, for looking at it", .enabled(if: folder != nil))
func demo() throws {
  guard let folder else { return }
  for (name, report) in [
    ("report", Fixture.report(connections: 40)), ("hostile", Fixture.hostileReport()),
    ("clean", Fixture.report(findings: [])),
    ("many", Fixture.report(connections: 3_000, findings: Array(repeating: Fixture.storm(), count: 5_000))),
  ] {
    for renderer in allRenderers {
      var options = RenderingOptions()
      options.width = 80
      let path = "\(folder)/\(name).\(renderer.extensions[0])"
      try Data(renderer.init(options).bytes(report)).write(to: URL(fileURLWithPath: path))
    }
  }
}
