// Some services, by their ids.
// @param {List<String>} ids
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns id, environment, cluster, namespace, name, kind, virtual, firstSeenAtMillis
// @access READ
UNWIND $ids AS id
MATCH (s:Service {id: id})
WHERE
  ($environments IS NULL OR s.environment IN $environments)
  AND ($teams IS NULL OR s.team IN $teams)
RETURN
  s.id AS id,
  s.environment AS environment,
  s.cluster AS cluster,
  s.namespace AS namespace,
  s.name AS name,
  s.kind AS kind,
  s.virtual AS virtual,
  s.firstSeenAt.epochMillis AS firstSeenAtMillis
ORDER BY id
