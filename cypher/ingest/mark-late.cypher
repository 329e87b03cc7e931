// Marks windows that samples came for after they were read.
// @param {List<Map>} rows id, rereadAt: DateTime
// @access WRITE
// @moves evidence
UNWIND $rows AS row
MATCH (w:Window {id: row.id})
SET w.lateSamples = true, w.rereadAt = row.rereadAt
