// Deletes some windows of a source; the runs that read them stay.
// @param {String} prefix the source's id and `|`
// @param {Integer} limit
// @returns deleted
// @access WRITE
// @moves evidence
MATCH (w:Window)
WHERE w.id STARTS WITH $prefix
WITH w LIMIT $limit
DETACH DELETE w
RETURN count(*) AS deleted
