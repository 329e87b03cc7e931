// Forgets a source, when nothing of it is left.
// @param {String} source
// @access WRITE
// @moves evidence
MATCH (s:Source {id: $source})
DELETE s
