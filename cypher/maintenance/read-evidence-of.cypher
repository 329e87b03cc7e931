// Some of the evidence in which a service is client, server or both.
// @param {String} id of the service
// @param {Integer} limit
// @returns id, source, dialect, variant, mode, clientId, serverId, firstSeenAt, lastSeenAt, lastTrafficAt, staleAt, removedAt, unwatchedSince, unwatchedBy, agesFrom, windowEnd, connectionTypes, requestsPerSecond, errorRatio, latency
// @access READ
MATCH (:Service {id: $id})-[o:OBSERVED]-()
WITH DISTINCT o
LIMIT $limit
RETURN
  o.id AS id,
  o.source AS source,
  o.dialect AS dialect,
  o.variant AS variant,
  o.mode AS mode,
  startNode(o).id AS clientId,
  endNode(o).id AS serverId,
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
