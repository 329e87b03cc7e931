// Takes a service that has no evidence any more out of the present; its past stays.
// @param {String} id
// @param {DateTime} at
// @returns put 0 where it has some
// @access WRITE
// @moves belief
MATCH (s:Service {id: $id})
WHERE NOT EXISTS { (s)-[:OBSERVED|DECLARED|DEPENDS_ON]-() }
SET s.removedAt = $at
RETURN count(*) AS put
