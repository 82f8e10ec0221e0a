/// Every detector, in report order: to add one, write its file and add its line.
package let allDetectors: [any Detector.Type] = [
  SMCDetector.self
]

/// Every rule, in report order.
public let allRules: [Rule] = allDetectors.flatMap { $0.rules }
