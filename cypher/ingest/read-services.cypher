// What is known of some services.
// @param {List<String>} ids
// @returns id, environment, cluster, namespace, name, kind, virtual, team, criticality, firstSeenAt, from, removedAt, hasPast
// @access READ
UNWIND $ids AS id
MATCH (s:Service {id: id})
RETURN
  id,
  s.environment AS environment,
  s.cluster AS cluster,
  s.namespace AS namespace,
  s.name AS name,
  s.kind AS kind,
  s.virtual AS virtual,
  s.team AS team,
  s.criticality AS criticality,
  s.firstSeenAt.epochMillis AS firstSeenAt,
  coalesce(s.from, s.firstSeenAt).epochMillis AS from,
  s.removedAt.epochMillis AS removedAt,
  EXISTS { (s)-[:WAS]->(s) } AS hasPast
