// Makes an id stand for a service, and all that stood for it; from then on nothing is written under it.
// @param {String} alias
// @param {String} id of the service
// @access WRITE
MATCH (g:Graph {id: 'graph'})
MATCH (new:Service {id: $id})
MERGE (a:Alias {id: $alias})
MERGE (a)-[:STANDS_FOR]->(new)
SET g.aliasVersion = coalesce(g.aliasVersion, 0) + 1
WITH new
MATCH (old:Service {id: $alias})
SET
  new.firstSeenAt =
    CASE WHEN old.firstSeenAt < new.firstSeenAt THEN old.firstSeenAt ELSE new.firstSeenAt END
WITH old, new
MATCH (other:Alias)-[r:STANDS_FOR]->(old)
CREATE (other)-[:STANDS_FOR]->(new)
DELETE r
