// The dependencies of the present, with the traffic of the latest window of each source.
// @param {Integer} limit
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns id, client, server, state, modes, criticality, confidence, conflicts, fromMillis, firstSeenAtMillis, lastSeenAtMillis, seenSinceMillis, measured
// `seenSinceMillis` is the begin of the first window that showed it, as long as windows are now.
// `measured`, of each evidence of the latest windows: its source, what the sources that see the same
// calls share, mode, dialect, variant, rate and share of failures, then its latencies by side (server,
// client, messaging) and measure (p50, p95, p99, mean) in seconds.
// @access READ
MATCH (client:Service)-[d:DEPENDS_ON]->(server:Service)
WHERE
  (
    $environments IS NULL
    OR (client.environment IN $environments AND server.environment IN $environments)
  )
  AND ($teams IS NULL OR (client.team IN $teams AND server.team IN $teams))
WITH client, d, server
ORDER BY d.id
LIMIT $limit
CALL (client, server) {
  MATCH (client)-[o:OBSERVED]->(server)
  MATCH (source:Source {id: o.source})
  WITH o, source, o.windowEnd >= source.frontier AS current
  RETURN
    min(o.firstSeenAt.epochMillis) AS firstSeenAtMillis,
    max(o.lastSeenAt.epochMillis) AS lastSeenAtMillis,
    min(o.firstSeenAt.epochMillis - coalesce(source.intervalSeconds, 0) * 1000) AS seenSinceMillis,
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
  seenSinceMillis,
  measured
ORDER BY id
LIMIT $limit
