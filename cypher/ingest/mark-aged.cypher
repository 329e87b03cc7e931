// Marks evidence as stale or removed.
// @param {List<Map>} rows id, staleAt: DateTime, removedAt: DateTime
// @access WRITE
// @moves evidence
UNWIND $rows AS row
MATCH ()-[o:OBSERVED {id: row.id}]->()
USING INDEX SEEK o:OBSERVED(id)
SET o.staleAt = row.staleAt, o.removedAt = row.removedAt
