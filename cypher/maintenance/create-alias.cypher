// Makes an id stand for a service, and all that stood for it; from then on nothing is written under it.
// Nothing is made where the service is not there, or itself stands for another.
// @param {String} alias
// @param {String} id of the service
// @returns made
// @access WRITE
// @moves belief
MATCH (g:Graph {id: 'graph'})
MATCH (new:Service {id: $id})
WHERE new.removedAt IS NULL AND NOT EXISTS { (:Alias {id: $id}) }
MERGE (a:Alias {id: $alias})
MERGE (a)-[:STANDS_FOR]->(new)
SET g.aliasVersion = coalesce(g.aliasVersion, 0) + 1
WITH new
CALL (new) {
  MATCH (other:Alias)-[r:STANDS_FOR]->(:Service {id: $alias})
  CREATE (other)-[:STANDS_FOR]->(new)
  DELETE r
}
RETURN count(*) AS made
