// Deletes evidence.
// @param {List<String>} ids
// @access WRITE
// @moves evidence
UNWIND $ids AS id
MATCH ()-[o:OBSERVED {id: id}]->()
USING INDEX SEEK o:OBSERVED(id)
DELETE o
