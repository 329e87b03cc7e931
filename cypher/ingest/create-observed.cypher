// Creates evidence of pairs, between services that are there, as one window first shows it.
// @param {String} source
// @param {DateTime} windowEnd
// @param {List<Map>} rows id, clientId, serverId, mode, connectionTypes, lastTrafficAt: DateTime, requestsPerSecond, errorRatio
// @access WRITE
UNWIND $rows AS row
MATCH (client:Service {id: row.clientId})
MATCH (server:Service {id: row.serverId})
CREATE (client)-[:OBSERVED {
  id: row.id,
  source: $source,
  mode: row.mode,
  connectionTypes: row.connectionTypes,
  firstSeenAt: $windowEnd,
  lastSeenAt: $windowEnd,
  lastTrafficAt: row.lastTrafficAt,
  windowEnd: $windowEnd,
  requestsPerSecond: row.requestsPerSecond,
  errorRatio: row.errorRatio
}]->(server)
