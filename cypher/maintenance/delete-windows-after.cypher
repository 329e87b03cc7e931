// Removes the records of the windows of a source that end after an instant, a batch at a time.
// @param {String} source
// @param {DateTime} after
// @param {Integer} limit
// @returns deleted
// @access WRITE
// @moves evidence
MATCH (w:Window)
USING INDEX w:Window(source, end)
WHERE w.source = $source AND w.end > $after
WITH w
LIMIT $limit
DETACH DELETE w
RETURN count(w) AS deleted
