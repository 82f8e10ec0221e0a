import CaptureFiles

/// One folder of the archive: captures, and what must be found in them.
package struct ArchiveCase: Sendable {
  /// Path below the archive's folder; the folder's own name when it is itself the case.
  package var name: String
  /// Path of the folder.
  package var path: String
  /// Names of the captures in it, sorted.
  package var captures: [String] = []
  /// Names of the `expected*.yaml` in it.
  package var expectations: [String] = []

  /// Folders deeper than this are not visited.
  private static let maximumDepth = 8
  /// Files beside a capture that are certainly none.
  private static let otherFiles = [".yaml", ".yml", ".md", ".txt", ".json", ".html"]

  /// All cases at and below `folder`, by name; nil when it is not a folder that can be read.
  static func all(in folder: String) -> [ArchiveCase]? {
    guard ArchiveFolder.names(in: folder) != nil else { return nil }
    var cases: [ArchiveCase] = []
    visit(folder, name: "", depth: 0, into: &cases)
    return cases
  }

  private static func visit(_ folder: String, name: String, depth: Int, into cases: inout [ArchiveCase]) {
    guard depth <= maximumDepth, let names = ArchiveFolder.names(in: folder) else { return }
    var found = ArchiveCase(name: name.isEmpty ? lastPart(folder) : name, path: folder)
    for entry in names {
      let path = ArchiveFolder.join(folder, entry)
      if ArchiveFolder.isFolder(path) {
        visit(path, name: name.isEmpty ? entry : "\(name)/\(entry)", depth: depth + 1, into: &cases)
      } else if entry == "expected.yaml" || entry.hasPrefix("expected.") && entry.hasSuffix(".yaml") {
        found.expectations.append(entry)
      } else if isCapture(path) {
        found.captures.append(entry)
      }
    }
    if !found.captures.isEmpty || !found.expectations.isEmpty { cases.append(found) }
  }

  /// By the first bytes, never by the name; what is a capture but cannot be used counts, so that the check fails.
  private static func isCapture(_ path: String) -> Bool {
    guard ArchiveFolder.isFile(path), !otherFiles.contains(where: { path.hasSuffix($0) }) else { return false }
    do throws(CaptureFileError) {
      _ = try CaptureReader.open(paths: [path])
      return true
    } catch {
      switch error {
      case .notACapture, .empty: return false
      default: return true
      }
    }
  }

  /// The expectation that holds for a capture: `expected.STEM.yaml` before `expected.yaml`.
  func expectation(for capture: String) -> String? {
    let stem = capture.prefix { $0 != "." }
    return ["expected.\(stem).yaml", "expected.yaml"].first { expectations.contains($0) }
  }

  private static func lastPart(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
