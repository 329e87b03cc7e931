// Writes what became of evidence that was there.
// @param {List<Map>} rows id, connectionTypes, firstSeenAt: DateTime, lastSeenAt: DateTime, lastTrafficAt: DateTime, staleAt: DateTime, windowEnd: DateTime, requestsPerSecond, errorRatio
// @access WRITE
UNWIND $rows AS row
MATCH ()-[o:OBSERVED {id: row.id}]->()
USING INDEX SEEK o:OBSERVED(id)
SET
  o.connectionTypes = row.connectionTypes,
  o.firstSeenAt = row.firstSeenAt,
  o.lastSeenAt = row.lastSeenAt,
  o.lastTrafficAt = row.lastTrafficAt,
  o.staleAt = row.staleAt,
  o.windowEnd = row.windowEnd,
  o.requestsPerSecond = row.requestsPerSecond,
  o.errorRatio = row.errorRatio
