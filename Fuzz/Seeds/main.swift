import FuzzInputs
import Glibc

// fuzz-seeds FOLDER CAPTURE...: writes inputs for EngineFuzz, each a few dozen frames of a capture.
let framesPerSeed: UInt64 = 40
let arguments = CommandLine.arguments.dropFirst()
for (number, path) in arguments.dropFirst().enumerated() {
  for part: UInt64 in [0, 1, 5] {
    let first = 1 + part * framesPerSeed
    let seed = Seed.engineInput(path, first..<first + framesPerSeed)
    guard !seed.isEmpty, let out = fopen("\(arguments.first ?? ".")/\(number)-\(part)", "w") else { continue }
    fwrite(seed, 1, seed.count, out)
    fclose(out)
  }
}
