// Writes what became of known services.
// @param {List<Map>} rows id, kind, virtual, firstSeenAt: DateTime
// @access WRITE
UNWIND $rows AS row
MATCH (s:Service {id: row.id})
SET s.kind = row.kind, s.virtual = row.virtual, s.firstSeenAt = row.firstSeenAt
