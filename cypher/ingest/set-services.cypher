// Writes what became of known services; one that was put away is there again.
// @param {List<Map>} rows id, kind, virtual, firstSeenAt: DateTime, from: DateTime
// @access WRITE
// @moves belief
UNWIND $rows AS row
MATCH (s:Service {id: row.id})
SET
  s.kind = row.kind,
  s.virtual = row.virtual,
  s.firstSeenAt = row.firstSeenAt,
  s.from = row.from,
  s.removedAt = null
