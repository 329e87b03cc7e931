// Some services, by their ids.
// @param {List<String>} ids
// @returns id, environment, cluster, namespace, name, kind, virtual, team, criticality, firstSeenAtMillis
// @access READ
UNWIND $ids AS id
MATCH (s:Service {id: id})
RETURN
  s.id AS id,
  s.environment AS environment,
  s.cluster AS cluster,
  s.namespace AS namespace,
  s.name AS name,
  s.kind AS kind,
  s.virtual AS virtual,
  s.team AS team,
  s.criticality AS criticality,
  s.firstSeenAt.epochMillis AS firstSeenAtMillis
ORDER BY id
