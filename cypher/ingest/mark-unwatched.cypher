// Says of evidence that nobody watches it since a producer went; what is not there is left out.
// @param {String} producer
// @param {DateTime} since end of the last window in which it was there
// @param {List<String>} ids
// @access WRITE
// @moves evidence
UNWIND $ids AS id
MATCH ()-[o:OBSERVED {id: id}]->()
USING INDEX SEEK o:OBSERVED(id)
SET o.unwatchedSince = $since, o.unwatchedBy = $producer
