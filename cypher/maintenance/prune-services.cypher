// Forgets some of the services that nothing is known of any more, and that were there before the horizon.
// @param {DateTime} horizon
// @param {Integer} limit
// @returns done
// @access WRITE
// @moves belief
MATCH (s:Service)
WHERE
  coalesce(s.removedAt, s.from, s.firstSeenAt) <= $horizon
  AND NOT EXISTS { (s)-[:OBSERVED|DECLARED|DEPENDS_ON|DEPENDED_ON]-() }
  AND NOT EXISTS { (:Alias)-[:STANDS_FOR]->(s) }
WITH s
LIMIT $limit
DETACH DELETE s
RETURN count(*) AS done
