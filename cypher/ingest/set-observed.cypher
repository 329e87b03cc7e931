// Writes what became of evidence that was there.
// @param {List<Map>} rows id, digest, connectionTypes, firstSeenAt: DateTime, lastSeenAt: DateTime, lastTrafficAt: DateTime, staleAt: DateTime, removedAt: DateTime, unwatchedSince: DateTime, unwatchedBy, agesFrom: DateTime, windowEnd: DateTime, requestsPerSecond, errorRatio, latency
// A digest of null leaves the one there is.
// @access WRITE
// @moves evidence
UNWIND $rows AS row
MATCH ()-[o:OBSERVED {id: row.id}]->()
USING INDEX SEEK o:OBSERVED(id)
SET
  o.digest = coalesce(row.digest, o.digest),
  o.connectionTypes = row.connectionTypes,
  o.firstSeenAt = row.firstSeenAt,
  o.lastSeenAt = row.lastSeenAt,
  o.lastTrafficAt = row.lastTrafficAt,
  o.staleAt = row.staleAt,
  o.removedAt = row.removedAt,
  o.unwatchedSince = row.unwatchedSince,
  o.unwatchedBy = row.unwatchedBy,
  o.agesFrom = row.agesFrom,
  o.windowEnd = row.windowEnd,
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
