// Takes dependencies out of the present; their services and their past stay.
// @param {List<String>} ids
// @access WRITE
// @moves belief
UNWIND $ids AS id
MATCH ()-[d:DEPENDS_ON {id: id}]->()
USING INDEX SEEK d:DEPENDS_ON(id)
DELETE d
