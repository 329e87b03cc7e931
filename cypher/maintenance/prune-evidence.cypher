// Forgets some of the evidence that no longer counted by the horizon.
// @param {DateTime} horizon
// @param {Integer} limit
// @returns done
// @access WRITE
// @moves evidence
MATCH ()-[o:OBSERVED]->()
USING INDEX o:OBSERVED(removedAt)
WHERE o.removedAt <= $horizon
WITH o
LIMIT $limit
DELETE o
RETURN count(*) AS done
