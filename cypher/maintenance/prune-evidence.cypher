// Forgets some of the evidence that no longer counted by the horizon. What is still believed to be stale
// rests on all that was seen of it, so that stays.
// @param {DateTime} horizon
// @param {Integer} limit
// @returns done
// @access WRITE
// @moves evidence
MATCH (client)-[o:OBSERVED]->(server)
USING INDEX o:OBSERVED(removedAt)
WHERE
  o.removedAt <= $horizon
  AND NOT EXISTS { (client)-[:DEPENDS_ON {state: 'stale'}]->(server) }
WITH o
LIMIT $limit
DELETE o
RETURN count(*) AS done
