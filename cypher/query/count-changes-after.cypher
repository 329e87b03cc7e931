// How many changes of a stretch of the changelog can be seen.
// @param {Integer} after
// @param {Integer} upTo
// @returns count
// @access READ
MATCH (c:Change)
USING INDEX SEEK c:Change(sequence)
WHERE c.sequence > $after AND c.sequence <= $upTo
RETURN count(c) AS count
