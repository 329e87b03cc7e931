// The services that a word may have meant at an instant: the one of that id, the one it is an alias of,
// all of that name.
// @param {String} word
// @param {Boolean} aliases whether the word may be an alias: whether it is seen, were it an id
// @param {DateTime} at
// @param {Integer} limit
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns match, id, environment, cluster, namespace, name, kind, virtual, team, criticality, firstSeenAtMillis
// @access READ
CALL () {
  MATCH (s:Service {id: $word})
  WHERE s.firstSeenAt <= $at AND (s.removedAt IS NULL OR s.removedAt > $at)
  RETURN s, 0 AS match
UNION
  MATCH (:Alias {id: $word})-[:STANDS_FOR]->(s:Service)
  WHERE
    $aliases
    AND ($teams IS NULL OR EXISTS { MATCH (old:Service {id: $word}) WHERE old.team IN $teams })
    AND s.firstSeenAt <= $at
    AND (s.removedAt IS NULL OR s.removedAt > $at)
  RETURN s, 1 AS match
UNION
  MATCH (s:Service {name: $word})
  WHERE s.firstSeenAt <= $at AND (s.removedAt IS NULL OR s.removedAt > $at)
  RETURN s, 2 AS match
}
WITH s, min(match) AS match
WHERE
  ($environments IS NULL OR s.environment IN $environments)
  AND ($teams IS NULL OR s.team IN $teams)
ORDER BY match, s.id
LIMIT $limit
CALL (s) {
  OPTIONAL MATCH (s)-[w:WAS]->(s)
  WHERE w.to > $at
  WITH w
  ORDER BY w.to
  LIMIT 1
  RETURN w AS was
}
RETURN
  match,
  s.id AS id,
  s.environment AS environment,
  s.cluster AS cluster,
  s.namespace AS namespace,
  s.name AS name,
  CASE WHEN was IS NULL THEN s.kind ELSE was.kind END AS kind,
  CASE WHEN was IS NULL THEN s.virtual ELSE was.virtual END AS virtual,
  CASE WHEN was IS NULL THEN s.team ELSE was.team END AS team,
  CASE WHEN was IS NULL THEN s.criticality ELSE was.criticality END AS criticality,
  s.firstSeenAt.epochMillis AS firstSeenAtMillis
ORDER BY match, id
