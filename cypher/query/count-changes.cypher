// How many changes of each type and context a stretch of the changelog has.
// @param {Integer} after
// @param {Integer} upTo
// @returns type, context, count
// @access READ
MATCH (c:Change)
WHERE c.sequence > $after AND c.sequence <= $upTo
RETURN c.type AS type, c.context AS context, count(*) AS count
