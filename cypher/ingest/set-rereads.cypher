// Keeps how often windows were read again by themselves, and when they are the next time.
// @param {List<Map>} rows id, rereads: Integer, rereadAt: DateTime
// @access WRITE
// @moves evidence
UNWIND $rows AS row
MATCH (w:Window {id: row.id})
SET w.rereads = row.rereads, w.rereadAt = row.rereadAt
