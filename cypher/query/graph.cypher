// The dependencies of the present, with the traffic of the latest window of each source.
// @param {Integer} limit
// @returns id, client, server, state, modes, requestsPerSecond, errorRatio, firstSeenAtMillis, lastSeenAtMillis
// @access READ
MATCH (client:Service)-[d:DEPENDS_ON]->(server:Service)
WITH client, d, server
ORDER BY d.id
LIMIT $limit
CALL (client, server) {
  MATCH (client)-[o:OBSERVED]->(server)
  MATCH (source:Source {id: o.source})
  WITH o, o.windowEnd >= source.frontier AS current
  RETURN
    sum(CASE WHEN current THEN o.requestsPerSecond END) AS requestsPerSecond,
    sum(CASE WHEN current THEN o.requestsPerSecond * o.errorRatio END) AS errorsPerSecond,
    count(CASE WHEN current THEN o.requestsPerSecond END) AS counted,
    min(o.firstSeenAt.epochMillis) AS firstSeenAtMillis,
    max(o.lastSeenAt.epochMillis) AS lastSeenAtMillis
}
RETURN
  d.id AS id,
  client.id AS client,
  server.id AS server,
  d.state AS state,
  d.modes AS modes,
  CASE WHEN counted > 0 THEN requestsPerSecond END AS requestsPerSecond,
  CASE WHEN requestsPerSecond > 0 THEN errorsPerSecond / requestsPerSecond END AS errorRatio,
  firstSeenAtMillis,
  lastSeenAtMillis
ORDER BY id
LIMIT $limit
