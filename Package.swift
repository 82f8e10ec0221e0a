// swift-tools-version: 6.2
import PackageDescription

/// Every target holds the same line: Swift 6, strict memory safety, and no warning survives (see the Makefile).
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// Tests hand buffers to the engine and read files; strictness there would only add noise.
let relaxed: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
/// HTTP without Foundation's networking, which would need libcurl on every host.
let nio = ["NIOCore", "NIOPosix", "NIOHTTP1"].map { Target.Dependency.product(name: $0, package: "swift-nio") }
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "tcptriage",
  products: [
    .executable(name: "tcptriage", targets: ["tcptriage"]),
    // `import Triage` is enough to analyze; the other rooms hold the types that a report is made of.
    .library(name: "Triage", targets: ["Triage", "Detection", "Tracking", "Dissection", "Frames"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    .systemLibrary(name: "CLibpcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .target(name: "CPrefetch"),

    // The way of the data, in its order.
    room("Frames", []),
    room("CaptureFiles", ["Frames", "CZlib", "CZstd"]),
    room("Dissection", ["Frames"]),
    room("Tracking", ["Frames", "Dissection", "CPrefetch"]),
    room("Detection", ["Frames", "Dissection", "Tracking"]),
    room("Triage", ["Frames", "Dissection", "Tracking", "Detection"]),
    room("Rendering", ["Frames", "Dissection", "Tracking", "Detection", "Triage"]),
    room("Database", ["Frames", "Dissection", "Tracking", "Detection", "Triage", "Rendering"]),
    room("LiveCapture", ["Frames", "Dissection", "Triage", "CLibpcap"]),
    room("Metrics", ["Detection", "Frames", "Rendering", "Triage"] + nio),
    room("Archive", ["CaptureFiles", "Triage", "Detection", yams]),
    .executableTarget(
      name: "tcptriage",
      dependencies: [
        "Frames", "CaptureFiles", "Dissection", "Tracking", "Detection", "Triage", "Rendering", "Database",
        "LiveCapture", "Metrics", "Archive", argumentParser,
      ],
      swiftSettings: strict),

    // Captures made by ourselves: a readable notation for test scenarios, and large files for the benchmark.
    room("Scenarios", ["Frames", "CaptureFiles", "Dissection"]),
    .executableTarget(
      name: "scenario", dependencies: ["Scenarios", argumentParser], path: "Sources/scenario-tool",
      swiftSettings: strict),
    .executableTarget(name: "benchgen", path: "Benchmarks/generator", swiftSettings: strict),
    .testTarget(
      name: "SMCTests", dependencies: ["Frames", "Dissection", "Tracking", "Detection"], swiftSettings: relaxed),
    .testTarget(
      name: "RenderingTests", dependencies: ["Rendering", "Triage", "Detection", "Tracking", "Dissection", "Frames"],
      swiftSettings: relaxed),
    .testTarget(name: "MetricsTests", dependencies: ["Metrics", "Triage", "Frames"], swiftSettings: relaxed),
    .testTarget(name: "CaptureFilesTests", dependencies: ["CaptureFiles", "Frames"], swiftSettings: relaxed),
    .testTarget(
      name: "ArchiveTests", dependencies: ["Archive", "LiveCapture", "Detection", "Frames"], swiftSettings: relaxed),
    .testTarget(name: "LiveCaptureTests", dependencies: ["LiveCapture", "TestSupport"], swiftSettings: relaxed),
    .testTarget(
      name: "CommandLineTests", dependencies: ["tcptriage", "Database", "Detection", "TestSupport"],
      swiftSettings: relaxed),
    .testTarget(name: "ScenariosTests", dependencies: ["Scenarios", "CaptureFiles", "Frames"], swiftSettings: relaxed),

    // The engine rooms: stories and single bytes through each of them.
    .target(
      name: "TestSupport",
      dependencies: ["Frames", "CaptureFiles", "Dissection", "Tracking", "Detection", "Triage", "Scenarios"],
      path: "Tests/TestSupport", swiftSettings: relaxed),
    .testTarget(name: "FramesTests", dependencies: ["Frames"], swiftSettings: relaxed),
    .testTarget(name: "DissectionTests", dependencies: ["TestSupport"], swiftSettings: relaxed),
    .testTarget(name: "TrackingTests", dependencies: ["TestSupport"], swiftSettings: relaxed),
    .testTarget(name: "DetectionTests", dependencies: ["TestSupport"], swiftSettings: relaxed),
    .testTarget(name: "TriageTests", dependencies: ["TestSupport", "Rendering"], swiftSettings: relaxed),
    .testTarget(
      name: "CounterTests", dependencies: ["TestSupport", "CaptureFiles", "LiveCapture", "Rendering"],
      swiftSettings: relaxed),

    // What the fuzzers do with their bytes, replayed by every test.
    .target(
      name: "FuzzInputs",
      dependencies: ["Frames", "CaptureFiles", "Dissection", "Tracking", "Detection", "Triage", "Rendering"],
      path: "Fuzz/Inputs", swiftSettings: relaxed),
    .testTarget(name: "FuzzCorpusTests", dependencies: ["FuzzInputs"], swiftSettings: relaxed),
    .testTarget(
      name: "VariantTests",
      dependencies: [
        "Archive", "Scenarios", "LiveCapture", "CaptureFiles", "Triage", "Rendering", "Detection", "Frames",
        "FuzzInputs",
      ],
      swiftSettings: relaxed),
  ]
)

// libFuzzer brings its own `main`, so its targets exist only for scripts/fuzz.
if Context.environment["TCPTRIAGE_FUZZ"] != nil {
  func fuzzer(_ name: String) -> Target {
    .executableTarget(
      name: name, dependencies: ["FuzzInputs"], path: "Fuzz/Sources/\(name)", swiftSettings: relaxed)
  }
  package.targets += [
    fuzzer("ReadersFuzz"), fuzzer("EngineFuzz"),
    .executableTarget(name: "fuzz-seeds", dependencies: ["FuzzInputs"], path: "Fuzz/Seeds", swiftSettings: relaxed),
  ]
}
