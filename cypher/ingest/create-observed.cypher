// Creates evidence of pairs, between services that are there.
// @param {String} source
// @param {List<Map>} rows id, clientId, serverId, mode, connectionTypes, firstSeenAt: DateTime, lastSeenAt: DateTime, lastTrafficAt: DateTime, windowEnd: DateTime, requestsPerSecond, errorRatio
// @access WRITE
UNWIND $rows AS row
MATCH (client:Service {id: row.clientId})
MATCH (server:Service {id: row.serverId})
CREATE (client)-[:OBSERVED {
  id: row.id,
  source: $source,
  mode: row.mode,
  connectionTypes: row.connectionTypes,
  firstSeenAt: row.firstSeenAt,
  lastSeenAt: row.lastSeenAt,
  lastTrafficAt: row.lastTrafficAt,
  windowEnd: row.windowEnd,
  requestsPerSecond: row.requestsPerSecond,
  errorRatio: row.errorRatio
}]->(server)
