// Forgets some of the producers of a source.
// @param {String} prefix the source's id and `|`
// @param {Integer} limit
// @returns deleted
// @access WRITE
// @moves nothing
MATCH (p:Producer)
WHERE p.id STARTS WITH $prefix
WITH p LIMIT $limit
DELETE p
RETURN count(*) AS deleted
