// Says of known evidence that its series were there and did not move: no traffic, not seen, and no latency.
// @param {DateTime} windowEnd
// @param {List<Map>} rows id
// @returns updated
// @access WRITE
UNWIND $rows AS row
MATCH ()-[o:OBSERVED {id: row.id}]->()
WHERE $windowEnd >= o.windowEnd
SET
  o.requestsPerSecond = 0.0,
  o.errorRatio = null,
  o.windowEnd = $windowEnd
REMOVE
  o.serverLatencyP50Seconds,
  o.serverLatencyP95Seconds,
  o.serverLatencyP99Seconds,
  o.serverLatencyMeanSeconds,
  o.clientLatencyP50Seconds,
  o.clientLatencyP95Seconds,
  o.clientLatencyP99Seconds,
  o.clientLatencyMeanSeconds,
  o.messagingLatencyP50Seconds,
  o.messagingLatencyP95Seconds,
  o.messagingLatencyP99Seconds,
  o.messagingLatencyMeanSeconds
RETURN count(o) AS updated
