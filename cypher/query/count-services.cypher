// How many services of each kind there are.
// @returns word, count
// @access READ
MATCH (s:Service)
RETURN s.kind AS word, count(*) AS count
