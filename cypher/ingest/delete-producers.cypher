// Forgets producers that are expected no more.
// @param {List<String>} ids
// @access WRITE
// @moves nothing
UNWIND $ids AS id
MATCH (p:Producer {id: id})
DELETE p
