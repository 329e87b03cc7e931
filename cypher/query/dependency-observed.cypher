// What sources have seen of one dependency, with the window the numbers are of, and what was asked then.
// @param {String} client
// @param {String} server
// @returns source, callGroup, dialect, variant, mode, isCurrent, connectionTypes, firstSeenAtMillis, lastSeenAtMillis, lastTrafficAtMillis, staleAtMillis, removedAtMillis, windowEndMillis, windowStartMillis, windowOutcome, windowDialect, windowDialectVariant, question, requestsPerSecond, errorRatio, latency
// `isCurrent` says whether the numbers are of the latest window of the source.
// @access READ
MATCH (:Service {id: $client})-[o:OBSERVED]->(:Service {id: $server})
OPTIONAL MATCH (source:Source {id: o.source})
CALL (o) {
  OPTIONAL MATCH (w:Window {source: o.source, end: o.windowEnd})
  WITH w
  ORDER BY w.recordedAt DESC
  LIMIT 1
  OPTIONAL MATCH (q:Question {id: w.questionId})
  RETURN w, q
}
RETURN
  o.source AS source,
  coalesce(source.callGroup, o.source) AS callGroup,
  o.dialect AS dialect,
  o.variant AS variant,
  o.mode AS mode,
  coalesce(o.windowEnd >= source.frontier, false) AS isCurrent,
  o.connectionTypes AS connectionTypes,
  o.firstSeenAt.epochMillis AS firstSeenAtMillis,
  o.lastSeenAt.epochMillis AS lastSeenAtMillis,
  o.lastTrafficAt.epochMillis AS lastTrafficAtMillis,
  o.staleAt.epochMillis AS staleAtMillis,
  o.removedAt.epochMillis AS removedAtMillis,
  o.windowEnd.epochMillis AS windowEndMillis,
  w.start.epochMillis AS windowStartMillis,
  w.outcome AS windowOutcome,
  w.dialect AS windowDialect,
  w.dialectVariant AS windowDialectVariant,
  q.text AS question,
  o.requestsPerSecond AS requestsPerSecond,
  o.errorRatio AS errorRatio,
  o {
    .serverLatencyP50Seconds,
    .serverLatencyP95Seconds,
    .serverLatencyP99Seconds,
    .serverLatencyMeanSeconds,
    .clientLatencyP50Seconds,
    .clientLatencyP95Seconds,
    .clientLatencyP99Seconds,
    .clientLatencyMeanSeconds,
    .messagingLatencyP50Seconds,
    .messagingLatencyP95Seconds,
    .messagingLatencyP99Seconds,
    .messagingLatencyMeanSeconds
  } AS latency
ORDER BY source, mode, dialect, variant
