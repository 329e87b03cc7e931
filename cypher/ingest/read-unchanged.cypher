// Of some evidence that which was last written from the very same observation.
// @param {List<Map>} rows id, digest
// @returns id
// @access READ
UNWIND $rows AS row
MATCH ()-[o:OBSERVED {id: row.id}]->()
USING INDEX SEEK o:OBSERVED(id)
WHERE o.digest = row.digest
RETURN row.id AS id
