// Deletes past beliefs that were not.
// @param {List<String>} ids
// @access WRITE
// @moves belief
UNWIND $ids AS id
MATCH ()-[d:DEPENDED_ON {id: id}]->()
USING INDEX SEEK d:DEPENDED_ON(id)
DELETE d
