// Says where a source that was never read begins; one that was read is left as it is.
// @param {String} source
// @param {DateTime} frontier
// @access WRITE
MERGE (s:Source {id: $source})
ON CREATE SET s.looked = []
SET s.frontier = coalesce(s.frontier, $frontier)
