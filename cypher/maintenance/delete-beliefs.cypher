// Deletes the belief in dependencies that nothing speaks for any more; their services stay.
// @param {List<String>} ids
// @access WRITE
UNWIND $ids AS id
MATCH ()-[d:DEPENDS_ON {id: id}]->()
USING INDEX SEEK d:DEPENDS_ON(id)
DELETE d
