// Writes the ordinary case: evidence seen with traffic in its newest window, and nothing else changed.
// @param {DateTime} windowEnd
// @param {List<Map>} rows id, requestsPerSecond, errorRatio
// @access WRITE
UNWIND $rows AS row
MATCH ()-[o:OBSERVED {id: row.id}]->()
USING INDEX SEEK o:OBSERVED(id)
SET
  o.lastSeenAt = $windowEnd,
  o.lastTrafficAt = $windowEnd,
  o.windowEnd = $windowEnd,
  o.requestsPerSecond = row.requestsPerSecond,
  o.errorRatio = row.errorRatio
