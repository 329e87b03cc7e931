// Records producers that appeared in a window.
// @param {String} source
// @param {DateTime} knownSince start of the window
// @param {List<Map>} rows id, reading, labels, isSuccessor, isJob
// @access WRITE
// @moves nothing
UNWIND $rows AS row
MERGE (p:Producer {id: row.id})
ON CREATE SET p.knownSince = $knownSince
SET
  p.source = $source,
  p.reading = row.reading,
  p.labels = row.labels,
  p.isMarked = true,
  p.isSuccessor = row.isSuccessor,
  p.isJob = row.isJob
