// The dependencies as they were believed at an instant.
// @param {DateTime} at
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
  (
    $environments IS NULL
    OR (client.environment IN $environments AND server.environment IN $environments)
  )
  AND ($teams IS NULL OR (client.team IN $teams AND server.team IN $teams))
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
