// Gives some windows of a source to another.
// @param {String} prefix the old source's id and `|`
// @param {String} source
// @param {Integer} limit
// @returns renamed
// @access WRITE
// @moves evidence
MATCH (w:Window)
WHERE w.id STARTS WITH $prefix
WITH w LIMIT $limit
SET w.id = $source + '|' + substring(w.id, size($prefix)), w.source = $source
RETURN count(*) AS renamed
