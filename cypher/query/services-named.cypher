// The services that a word may mean: the one of that id, the one it is an alias of, all of that name.
// @param {String} word
// @param {Boolean} aliases whether the word may be an alias: whether it is seen, were it an id
// @param {Integer} limit
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns match, id, environment, cluster, namespace, name, kind, virtual, team, criticality, firstSeenAtMillis
// @access READ
CALL () {
  MATCH (s:Service {id: $word})
  WHERE s.removedAt IS NULL
  RETURN s, 0 AS match
UNION
  MATCH (:Alias {id: $word})-[:STANDS_FOR]->(s:Service)
  WHERE
    $aliases
    AND ($teams IS NULL OR EXISTS { MATCH (old:Service {id: $word}) WHERE old.team IN $teams })
  RETURN s, 1 AS match
UNION
  MATCH (s:Service {name: $word})
  WHERE s.removedAt IS NULL
  RETURN s, 2 AS match
}
WITH s, match
WHERE
  ($environments IS NULL OR s.environment IN $environments)
  AND ($teams IS NULL OR s.team IN $teams)
RETURN
  min(match) AS match,
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
ORDER BY match, id
LIMIT $limit
