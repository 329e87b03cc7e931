// A page of the dependencies on a server as they were believed at an instant, by id.
// @param {String} server id of the server
// @param {DateTime} at
// @param {String} after ids after this
// @param {String} without id of one that is left out, or null
// @param {List<String>} states null for all
// @param {List<String>} modes of which it has one; null for all
// @param {List<String>} clientKinds null for all
// @param {List<String>} serverKinds null for all
// @param {Integer} limit
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns id, client, server, state, modes, criticality, confidence, conflicts, fromMillis
// @access READ
MATCH (client)-[d:DEPENDS_ON|DEPENDED_ON]->(server:Service {id: $server})
WHERE d.from <= $at AND d.to > $at
WITH client, d, server, coalesce(d.dependency, d.id) AS id
WHERE
  id > $after
  AND ($without IS NULL OR id <> $without)
  AND (
    $environments IS NULL
    OR (client.environment IN $environments AND server.environment IN $environments)
  )
  AND ($teams IS NULL OR (client.team IN $teams AND server.team IN $teams))
  AND ($states IS NULL OR d.state IN $states)
  AND ($modes IS NULL OR any(mode IN d.modes WHERE mode IN $modes))
CALL (client) {
  OPTIONAL MATCH (client)-[w:WAS]->(client)
  WHERE $clientKinds IS NOT NULL AND w.to > $at
  WITH w
  ORDER BY w.to
  LIMIT 1
  RETURN w.kind AS clientKind
}
CALL (server) {
  OPTIONAL MATCH (server)-[w:WAS]->(server)
  WHERE $serverKinds IS NOT NULL AND w.to > $at
  WITH w
  ORDER BY w.to
  LIMIT 1
  RETURN w.kind AS serverKind
}
WITH client, d, server, id, clientKind, serverKind
WHERE
  ($clientKinds IS NULL OR coalesce(clientKind, client.kind) IN $clientKinds)
  AND ($serverKinds IS NULL OR coalesce(serverKind, server.kind) IN $serverKinds)
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
