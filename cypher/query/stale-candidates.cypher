// The sources that have been read, and so can show that something is gone.
// @returns id
// @access READ
MATCH (s:Source)
WHERE s.frontier IS NOT NULL
RETURN s.id AS id
ORDER BY id
