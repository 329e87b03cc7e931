// Deletes ways in which failures no longer travel.
// @param {List<String>} ids
// @access WRITE
// @moves belief
UNWIND $ids AS id
MATCH ()-[i:IMPACTS {id: id}]->()
USING INDEX SEEK i:IMPACTS(id)
DELETE i
