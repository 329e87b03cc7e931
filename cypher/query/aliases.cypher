// All ids that stand for another service, and which; one row without id where there are none.
// @returns version, alias, id, environment, cluster, namespace, name, kind
// @access READ
MATCH (g:Graph {id: 'graph'})
OPTIONAL MATCH (a:Alias)-[:STANDS_FOR]->(s:Service)
RETURN
  coalesce(g.aliasVersion, 0) AS version,
  a.id AS alias,
  s.id AS id,
  s.environment AS environment,
  s.cluster AS cluster,
  s.namespace AS namespace,
  s.name AS name,
  s.kind AS kind
ORDER BY alias
