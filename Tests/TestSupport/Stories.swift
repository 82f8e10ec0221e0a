package import Scenarios

/// Pieces that stories share.
package enum Stories {
  /// The variant of this name; the plain one when there is none.
  package static func variant(_ name: String) -> Variant { Variant.all.first { $0.name == name } ?? .plain }
}
