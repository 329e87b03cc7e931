// The services that a word may mean: the one of that id first, then all of that name.
// @param {String} word
// @param {Integer} limit
// @returns id, environment, cluster, namespace, name, kind, virtual, firstSeenAtMillis
// @access READ
CALL () {
  MATCH (s:Service {id: $word})
  RETURN s
UNION
  MATCH (s:Service {name: $word})
  RETURN s
}
RETURN
  s.id AS id,
  s.environment AS environment,
  s.cluster AS cluster,
  s.namespace AS namespace,
  s.name AS name,
  s.kind AS kind,
  s.virtual AS virtual,
  s.firstSeenAt.epochMillis AS firstSeenAtMillis
ORDER BY id <> $word, id
LIMIT $limit
