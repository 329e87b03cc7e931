// Says of producers that they stand for others that went.
// @param {List<String>} ids
// @access WRITE
// @moves nothing
UNWIND $ids AS id
MATCH (p:Producer {id: id})
SET p.isSuccessor = true
