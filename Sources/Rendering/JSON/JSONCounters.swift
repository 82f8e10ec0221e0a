import Triage

/// `counters`: what each host's kernel should have counted; only where it was asked for.
extension JSONReport {
  static func writeCounters(_ prediction: CounterPrediction?, to json: inout JSONWriter) {
    guard let prediction else { return }
    json.member("counters", prediction.hosts) { json, host in
      json.member("host", host.host)
      json.member("counters", host.counters) { json, counter in
        json.member("name", counter.name)
        json.member("value", counter.value)
        json.member("certainty", counter.certainty.name)
        if !counter.reason.isEmpty { json.member("reason", counter.reason) }
      }
    }
    json.member("counters_complete", !prediction.isFull)
  }
}
