// The evidence of some ids that there is.
// @param {List<String>} ids
// @returns id, firstSeenAt, lastSeenAt, lastTrafficAt, staleAt, removedAt, unwatchedSince, unwatchedBy, agesFrom, windowEnd, connectionTypes, requestsPerSecond, errorRatio, latency
// @access READ
UNWIND $ids AS id
MATCH ()-[o:OBSERVED {id: id}]->()
USING INDEX SEEK o:OBSERVED(id)
RETURN
  id,
  o.firstSeenAt.epochMillis AS firstSeenAt,
  o.lastSeenAt.epochMillis AS lastSeenAt,
  o.lastTrafficAt.epochMillis AS lastTrafficAt,
  o.staleAt.epochMillis AS staleAt,
  o.removedAt.epochMillis AS removedAt,
  o.unwatchedSince.epochMillis AS unwatchedSince,
  o.unwatchedBy AS unwatchedBy,
  o.agesFrom.epochMillis AS agesFrom,
  o.windowEnd.epochMillis AS windowEnd,
  o.connectionTypes AS connectionTypes,
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
