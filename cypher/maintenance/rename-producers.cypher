// Gives some producers of a source to another.
// @param {String} prefix the old source's id and `|`
// @param {String} source
// @param {Integer} limit
// @returns renamed
// @access WRITE
// @moves nothing
MATCH (p:Producer)
WHERE p.id STARTS WITH $prefix
WITH p LIMIT $limit
SET p.id = $source + '|' + substring(p.id, size($prefix)), p.source = $source
RETURN count(*) AS renamed
