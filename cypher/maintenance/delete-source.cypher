// Forgets a source, when nothing of it is left.
// @param {String} source
// @access WRITE
MATCH (s:Source {id: $source})
DELETE s
