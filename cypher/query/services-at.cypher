// A page of the services that there were at an instant, as they were then, by id.
// @param {DateTime} at
// @param {String} after id of the last service of the page before, or an empty string
// @param {String} cluster null for any
// @param {String} namespace null for any
// @param {String} name null for any
// @param {String} prefix with which the name begins, or null
// @param {List<String>} kinds null for all
// @param {Integer} limit
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns id, environment, cluster, namespace, name, kind, virtual, team, criticality, firstSeenAtMillis
// @access READ
MATCH (s:Service)
WHERE
  s.id > $after
  AND s.firstSeenAt <= $at
  AND (s.removedAt IS NULL OR s.removedAt > $at)
  AND ($cluster IS NULL OR s.cluster = $cluster)
  AND ($namespace IS NULL OR s.namespace = $namespace)
  AND ($name IS NULL OR s.name = $name)
  AND ($prefix IS NULL OR s.name STARTS WITH $prefix)
  AND ($environments IS NULL OR s.environment IN $environments)
  AND ($teams IS NULL OR s.team IN $teams)
CALL (s) {
  OPTIONAL MATCH (s)-[w:WAS]->(s)
  WHERE w.to > $at
  WITH w
  ORDER BY w.to
  LIMIT 1
  RETURN w AS was
}
WITH
  s,
  CASE WHEN was IS NULL THEN s.kind ELSE was.kind END AS kind,
  CASE WHEN was IS NULL THEN s.virtual ELSE was.virtual END AS virtual,
  CASE WHEN was IS NULL THEN s.team ELSE was.team END AS team,
  CASE WHEN was IS NULL THEN s.criticality ELSE was.criticality END AS criticality
WHERE $kinds IS NULL OR kind IN $kinds
WITH s, kind, virtual, team, criticality
ORDER BY s.id
LIMIT $limit
RETURN
  s.id AS id,
  s.environment AS environment,
  s.cluster AS cluster,
  s.namespace AS namespace,
  s.name AS name,
  kind,
  virtual,
  team,
  criticality,
  s.firstSeenAt.epochMillis AS firstSeenAtMillis
ORDER BY id
