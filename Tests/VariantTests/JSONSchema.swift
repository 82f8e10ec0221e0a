import Foundation

/// As much of JSON Schema 2020-12 as the files in `schema/` use; an unknown keyword is an error, not ignored.
struct JSONSchema {
  private let root: [String: Any]
  /// Schemas that this one refers to, by the names of their files.
  private let others: [String: JSONSchema]
  private static let annotations: Set<String> = ["$schema", "$defs", "title", "description"]

  init(_ data: Data, others: [String: JSONSchema] = [:]) throws {
    self.others = others
    root = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  /// What is wrong with `value`, each with its place; empty when it is valid.
  func faults(in value: Any) -> [String] { check(value, root, "") }

  private func check(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
    schema.keys.sorted().filter { !Self.annotations.contains($0) }.flatMap { keyword -> [String] in
      guard let rule = schema[keyword] else { return [] }
      let faults = check(value, keyword, rule, schema, path)
      return faults.map { $0.hasPrefix("/") ? $0 : "\(path.isEmpty ? "/" : path): \($0)" }
    }
  }

  private func check(
    _ value: Any, _ keyword: String, _ rule: Any, _ schema: [String: Any], _ path: String
  ) -> [String] {
    switch (keyword, rule) {
    case ("$ref", let name as String):
      let place = name.firstIndex(of: "#") ?? name.endIndex
      let schema = place == name.startIndex ? self : others[String(name[..<place])]
      let definition = schema?.definition(String(name[place...]))
      return definition.flatMap { schema?.check(value, $0, path) } ?? ["no \(name)"]
    case ("type", let type as String): return Self.has(value, type) ? [] : ["is no \(type)"]
    case ("type", let types as [String]): return types.contains { Self.has(value, $0) } ? [] : ["is none of \(types)"]
    case ("const", _): return Self.equal(value, rule) ? [] : ["is not \(rule)"]
    case ("enum", let values as [Any]): return values.contains { Self.equal($0, value) } ? [] : ["\(value) not in enum"]
    case ("anyOf", let schemas as [[String: Any]]):
      return schemas.contains { check(value, $0, path).isEmpty } ? [] : ["fits none of anyOf"]
    case ("pattern", let pattern as String):
      guard let text = value as? String else { return [] }
      return text.range(of: pattern, options: .regularExpression) != nil ? [] : ["'\(text)' is not \(pattern)"]
    case ("minLength", let least as Int): return (value as? String).map { $0.count >= least } ?? true ? [] : ["short"]
    case ("minimum", let least as Double): return Self.number(value).map { $0 >= least } ?? true ? [] : ["\(value) low"]
    case ("maximum", let most as Double): return Self.number(value).map { $0 <= most } ?? true ? [] : ["\(value) high"]
    case ("maxItems", let most as Int): return (value as? [Any]).map { $0.count <= most } ?? true ? [] : ["too many"]
    case ("items", let items as [String: Any]):
      return (value as? [Any] ?? []).enumerated().flatMap { check($1, items, "\(path)/\($0)") }
    case ("required", let names as [String]):
      guard let object = value as? [String: Any] else { return [] }
      return names.filter { object[$0] == nil }.map { "lacks \($0)" }
    case ("properties", let properties as [String: [String: Any]]):
      guard let object = value as? [String: Any] else { return [] }
      return properties.flatMap { name, schema in object[name].map { check($0, schema, "\(path)/\(name)") } ?? [] }
    case ("additionalProperties", false as Bool):
      let known = schema["properties"] as? [String: Any] ?? [:]
      return (value as? [String: Any] ?? [:]).keys.filter { known[$0] == nil }.map { "has a member \($0)" }
    default: return ["the validator does not know \(keyword)"]
    }
  }

  private func definition(_ name: String) -> [String: Any]? {
    guard name.hasPrefix("#/$defs/") else { return nil }
    return (root["$defs"] as? [String: [String: Any]])?[String(name.dropFirst(8))]
  }

  private static func has(_ value: Any, _ type: String) -> Bool {
    switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "null": value is NSNull
    case "boolean": isBoolean(value)
    case "number": number(value) != nil
    case "integer": number(value).map { $0 == $0.rounded() } ?? false
    default: false
    }
  }

  private static func isBoolean(_ value: Any) -> Bool {
    (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
  }

  private static func number(_ value: Any) -> Double? { isBoolean(value) ? nil : (value as? NSNumber)?.doubleValue }

  private static func equal(_ a: Any, _ b: Any) -> Bool { a as? NSObject == b as? NSObject }
}
