// Writes the ordinary case: evidence seen with traffic in its newest window, and nothing else changed.
// @param {DateTime} windowEnd
// @param {List<Map>} rows id, digest, requestsPerSecond, errorRatio, latency
// @access WRITE
// @moves evidence
UNWIND $rows AS row
MATCH ()-[o:OBSERVED {id: row.id}]->()
USING INDEX SEEK o:OBSERVED(id)
SET
  o.digest = row.digest,
  o.lastSeenAt = $windowEnd,
  o.lastTrafficAt = $windowEnd,
  o.windowEnd = $windowEnd,
  o.requestsPerSecond = row.requestsPerSecond,
  o.errorRatio = row.errorRatio,
  o.serverLatencyP50Seconds = row.latency.serverLatencyP50Seconds,
  o.serverLatencyP95Seconds = row.latency.serverLatencyP95Seconds,
  o.serverLatencyP99Seconds = row.latency.serverLatencyP99Seconds,
  o.serverLatencyMeanSeconds = row.latency.serverLatencyMeanSeconds,
  o.clientLatencyP50Seconds = row.latency.clientLatencyP50Seconds,
  o.clientLatencyP95Seconds = row.latency.clientLatencyP95Seconds,
  o.clientLatencyP99Seconds = row.latency.clientLatencyP99Seconds,
  o.clientLatencyMeanSeconds = row.latency.clientLatencyMeanSeconds,
  o.messagingLatencyP50Seconds = row.latency.messagingLatencyP50Seconds,
  o.messagingLatencyP95Seconds = row.latency.messagingLatencyP95Seconds,
  o.messagingLatencyP99Seconds = row.latency.messagingLatencyP99Seconds,
  o.messagingLatencyMeanSeconds = row.latency.messagingLatencyMeanSeconds
