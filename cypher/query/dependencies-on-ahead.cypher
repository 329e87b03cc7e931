// The same page as `dependencies-on` where all of it lies in the next stretch of all dependencies, by id;
// otherwise fewer. Who has many clients has some in every stretch, and the others need not be looked at.
// @param {String} server id of the server
// @param {String} after ids after this
// @param {String} without id of one that is left out, or null
// @param {List<String>} states null for all
// @param {List<String>} modes of which it has one; null for all
// @param {List<String>} clientKinds null for all
// @param {List<String>} serverKinds null for all
// @param {Integer} stretch
// @param {Integer} limit
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns id, client, server, state, modes, criticality, confidence, conflicts, fromMillis, firstSeenAtMillis, lastSeenAtMillis, measured
// `measured`, of each evidence of the latest windows: its source, what the sources that see the same
// calls share, mode, dialect, variant, rate and share of failures, then its latencies by side (server,
// client, messaging) and measure (p50, p95, p99, mean) in seconds.
// @access READ
MATCH (client)-[d:DEPENDS_ON]->(server)
USING INDEX SEEK d:DEPENDS_ON(id)
WHERE d.id > $after
WITH client, d, server
ORDER BY d.id
LIMIT $stretch
WHERE
  server.id = $server
  AND ($without IS NULL OR d.id <> $without)
  AND (
    $environments IS NULL
    OR (client.environment IN $environments AND server.environment IN $environments)
  )
  AND ($teams IS NULL OR (client.team IN $teams AND server.team IN $teams))
  AND ($states IS NULL OR d.state IN $states)
  AND ($modes IS NULL OR any(mode IN d.modes WHERE mode IN $modes))
  AND ($clientKinds IS NULL OR client.kind IN $clientKinds)
  AND ($serverKinds IS NULL OR server.kind IN $serverKinds)
WITH client, d, server
LIMIT $limit
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
