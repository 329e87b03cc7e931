// Writes which producers are missing, and which are there again.
// @param {List<Map>} rows id, missingSince: DateTime, isMarked
// @access WRITE
// @moves nothing
UNWIND $rows AS row
MATCH (p:Producer {id: row.id})
SET p.missingSince = row.missingSince, p.isMarked = row.isMarked
