// The dependencies in which some services are the client; a service's calls to itself left out.
// @param {List<String>} ids
// @param {Integer} limit
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns id, client, server, state, modes, criticality, confidence, conflicts, fromMillis, firstSeenAtMillis, lastSeenAtMillis, measured
// `measured`, of each evidence of the latest windows: its source, what the sources that see the same
// calls share, mode, dialect, variant, rate and share of failures, then its latencies by side (server,
// client, messaging) and measure (p50, p95, p99, mean) in seconds.
// @access READ
UNWIND $ids AS serviceId
MATCH (client:Service {id: serviceId})-[d:DEPENDS_ON]->(server:Service)
WHERE
  client <> server
  AND ($environments IS NULL OR server.environment IN $environments)
  AND ($teams IS NULL OR server.team IN $teams)
WITH client, d, server
CALL (client, server) {
  MATCH (client)-[o:OBSERVED]->(server)
  MATCH (source:Source {id: o.source})
  WITH o, source, o.windowEnd >= source.frontier AS current
  RETURN
    min(o.firstSeenAt.epochMillis) AS firstSeenAtMillis,
    max(o.lastSeenAt.epochMillis) AS lastSeenAtMillis,
    collect(CASE WHEN current THEN [
      o.source,
      coalesce(source.callGroup, o.source),
      o.mode,
      o.dialect,
      o.variant,
      o.requestsPerSecond,
      o.errorRatio,
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
    ] END) AS measured
}
RETURN
  d.id AS id,
  client.id AS client,
  server.id AS server,
  d.state AS state,
  d.modes AS modes,
  d.criticality AS criticality,
  d.confidence AS confidence,
  d.conflicts AS conflicts,
  d.from.epochMillis AS fromMillis,
  firstSeenAtMillis,
  lastSeenAtMillis,
  measured
ORDER BY id
LIMIT $limit
