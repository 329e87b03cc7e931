// A page of the services, by id.
// @param {String} after id of the last service of the page before, or an empty string
// @param {String} cluster null for any
// @param {String} namespace null for any
// @param {String} name null for any
// @param {String} prefix with which the name begins, or null
// @param {List<String>} kinds null for all
// @param {Integer} limit
// @returns id, environment, cluster, namespace, name, kind, virtual, firstSeenAtMillis
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
LIMIT $limit
