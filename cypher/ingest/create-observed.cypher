// Creates evidence of pairs, between services that are there, as one window first shows it.
// @param {String} source
// @param {DateTime} windowEnd
// @param {List<Map>} rows id, digest, dialect, variant, clientId, serverId, mode, connectionTypes, lastTrafficAt: DateTime, staleAt: DateTime, removedAt: DateTime, requestsPerSecond, errorRatio, latency
// @access WRITE
// @moves evidence
UNWIND $rows AS row
MATCH (client:Service {id: row.clientId})
MATCH (server:Service {id: row.serverId})
CREATE (client)-[:OBSERVED {
  id: row.id,
  digest: row.digest,
  source: $source,
  dialect: row.dialect,
  variant: row.variant,
  mode: row.mode,
  connectionTypes: row.connectionTypes,
  firstSeenAt: $windowEnd,
  lastSeenAt: $windowEnd,
  lastTrafficAt: row.lastTrafficAt,
  staleAt: row.staleAt,
  removedAt: row.removedAt,
  windowEnd: $windowEnd,
  requestsPerSecond: row.requestsPerSecond,
  errorRatio: row.errorRatio,
  serverLatencyP50Seconds: row.latency.serverLatencyP50Seconds,
  serverLatencyP95Seconds: row.latency.serverLatencyP95Seconds,
  serverLatencyP99Seconds: row.latency.serverLatencyP99Seconds,
  serverLatencyMeanSeconds: row.latency.serverLatencyMeanSeconds,
  clientLatencyP50Seconds: row.latency.clientLatencyP50Seconds,
  clientLatencyP95Seconds: row.latency.clientLatencyP95Seconds,
  clientLatencyP99Seconds: row.latency.clientLatencyP99Seconds,
  clientLatencyMeanSeconds: row.latency.clientLatencyMeanSeconds,
  messagingLatencyP50Seconds: row.latency.messagingLatencyP50Seconds,
  messagingLatencyP95Seconds: row.latency.messagingLatencyP95Seconds,
  messagingLatencyP99Seconds: row.latency.messagingLatencyP99Seconds,
  messagingLatencyMeanSeconds: row.latency.messagingLatencyMeanSeconds
}]->(server)
