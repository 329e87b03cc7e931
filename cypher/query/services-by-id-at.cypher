// Some services by their ids, as they were at an instant.
// @param {List<String>} ids
// @param {DateTime} at
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns id, environment, cluster, namespace, name, kind, virtual, firstSeenAtMillis
// @access READ
UNWIND $ids AS id
MATCH (s:Service {id: id})
WHERE
  ($environments IS NULL OR s.environment IN $environments)
  AND ($teams IS NULL OR s.team IN $teams)
CALL (s) {
  OPTIONAL MATCH (s)-[w:WAS]->(s)
  WHERE w.to > $at
  WITH w
  ORDER BY w.to
  LIMIT 1
  RETURN w AS was
}
RETURN
  s.id AS id,
  s.environment AS environment,
  s.cluster AS cluster,
  s.namespace AS namespace,
  s.name AS name,
  CASE WHEN was IS NULL THEN s.kind ELSE was.kind END AS kind,
  CASE WHEN was IS NULL THEN s.virtual ELSE was.virtual END AS virtual,
  s.firstSeenAt.epochMillis AS firstSeenAtMillis
ORDER BY id
