// Says of evidence that it is watched again, or that nobody is waited for any more, and from when it ages.
// @param {List<Map>} rows id, agesFrom: DateTime
// @access WRITE
// @moves evidence
UNWIND $rows AS row
MATCH ()-[o:OBSERVED {id: row.id}]->()
USING INDEX SEEK o:OBSERVED(id)
SET o.unwatchedSince = null, o.unwatchedBy = null, o.agesFrom = row.agesFrom
