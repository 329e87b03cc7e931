// A page of the services, by id.
// @param {String} after id of the last service of the page before, or an empty string
// @param {Integer} limit
// @returns id, environment, cluster, namespace, name, kind, virtual, team, criticality, firstSeenAtMillis
// @access READ
MATCH (s:Service)
WHERE s.id > $after AND s.removedAt IS NULL
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
LIMIT $limit
