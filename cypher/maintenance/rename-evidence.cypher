// Gives evidence to another source.
// @param {String} source
// @param {List<Map>} rows id, newId
// @access WRITE
// @moves evidence
UNWIND $rows AS row
MATCH ()-[o:OBSERVED {id: row.id}]->()
USING INDEX SEEK o:OBSERVED(id)
SET o.id = row.newId, o.source = $source
