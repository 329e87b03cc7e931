// A page of the dependencies as they were believed at an instant, by id.
// @param {DateTime} at
// @param {String} after ids after this
// @param {String} before ids before this
// @param {String} server id of its server, or null
// @param {List<String>} states null for all
// @param {List<String>} modes of which it has one; null for all
// @param {List<String>} kinds of its server; null for all
// @param {Integer} limit
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns id, client, server, state, modes, criticality, confidence, conflicts, fromMillis
// @access READ
CALL () {
  MATCH (client:Service)-[d:DEPENDS_ON]->(server:Service)
  USING INDEX d:DEPENDS_ON(to, from)
  WHERE d.to > $at AND d.from <= $at
  RETURN client, d, server, d.id AS id
  UNION ALL
  MATCH (client:Service)-[d:DEPENDED_ON]->(server:Service)
  USING INDEX d:DEPENDED_ON(to, from)
  WHERE d.to > $at AND d.from <= $at
  RETURN client, d, server, d.dependency AS id
}
WITH client, d, server, id
WHERE
  id > $after
  AND id < $before
  AND ($server IS NULL OR server.id = $server)
  AND (
    $environments IS NULL
    OR (client.environment IN $environments AND server.environment IN $environments)
  )
  AND ($teams IS NULL OR (client.team IN $teams AND server.team IN $teams))
  AND ($states IS NULL OR d.state IN $states)
  AND ($modes IS NULL OR any(mode IN d.modes WHERE mode IN $modes))
CALL (server) {
  OPTIONAL MATCH (server)-[w:WAS]->(server)
  WHERE $kinds IS NOT NULL AND w.to > $at
  WITH w
  ORDER BY w.to
  LIMIT 1
  RETURN w AS was
}
WITH client, d, server, id, CASE WHEN was IS NULL THEN server.kind ELSE was.kind END AS kind
WHERE $kinds IS NULL OR kind IN $kinds
WITH client, d, server, id
ORDER BY id
LIMIT $limit
RETURN
  id,
  client.id AS client,
  server.id AS server,
  d.state AS state,
  d.modes AS modes,
  d.criticality AS criticality,
  d.confidence AS confidence,
  d.conflicts AS conflicts,
  d.from.epochMillis AS fromMillis
ORDER BY id
