// A page of the services, by id.
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
  AND s.removedAt IS NULL
  AND ($cluster IS NULL OR s.cluster = $cluster)
  AND ($namespace IS NULL OR s.namespace = $namespace)
  AND ($name IS NULL OR s.name = $name)
  AND ($prefix IS NULL OR s.name STARTS WITH $prefix)
  AND ($kinds IS NULL OR s.kind IN $kinds)
  AND ($environments IS NULL OR s.environment IN $environments)
  AND ($teams IS NULL OR s.team IN $teams)
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
