// Deletes a service that has no evidence any more, with the aliases that stand for it.
// @param {String} id
// @returns deleted 0 where it has some
// @access WRITE
// @moves belief
MATCH (g:Graph {id: 'graph'})
MATCH (s:Service {id: $id})
WHERE NOT EXISTS { (s)-[:OBSERVED]-() }
OPTIONAL MATCH (a:Alias)-[:STANDS_FOR]->(s)
WITH g, s, collect(a) AS aliases
SET g.aliasVersion = coalesce(g.aliasVersion, 0) + CASE WHEN aliases = [] THEN 0 ELSE 1 END
FOREACH (a IN aliases | DETACH DELETE a)
DETACH DELETE s
RETURN count(*) AS deleted
