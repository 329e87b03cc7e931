// Says of known evidence that its series were there and did not move: no traffic, not seen.
// @param {DateTime} windowEnd
// @param {List<Map>} rows id
// @returns updated
// @access WRITE
UNWIND $rows AS row
MATCH ()-[o:OBSERVED {id: row.id}]->()
WHERE $windowEnd >= o.windowEnd
SET
  o.requestsPerSecond = 0.0,
  o.errorRatio = null,
  o.windowEnd = $windowEnd
RETURN count(o) AS updated
