// The dependencies in which some services were the server at an instant; a service's calls to itself left out.
// @param {List<String>} ids
// @param {DateTime} at
// @param {Integer} limit
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns id, client, server, state, modes, criticality, confidence, conflicts, fromMillis
// @access READ
UNWIND $ids AS serviceId
MATCH (client:Service)-[d:DEPENDS_ON|DEPENDED_ON]->(server:Service {id: serviceId})
WHERE
  d.from <= $at
  AND d.to > $at
  AND client <> server
  AND ($environments IS NULL OR client.environment IN $environments)
  AND ($teams IS NULL OR client.team IN $teams)
RETURN
  coalesce(d.dependency, d.id) AS id,
  client.id AS client,
  server.id AS server,
  d.state AS state,
  d.modes AS modes,
  d.criticality AS criticality,
  d.confidence AS confidence,
  d.conflicts AS conflicts,
  d.from.epochMillis AS fromMillis
ORDER BY id
LIMIT $limit
