// One dependency: what is believed of it now, if anything.
// @param {String} client
// @param {String} server
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns believed
// `believed` is null where nothing is believed now; there is no row where nothing was ever known.
// @access READ
MATCH (client:Service {id: $client})
MATCH (server:Service {id: $server})
WHERE
  EXISTS { (client)-[:OBSERVED|DECLARED|DEPENDS_ON|DEPENDED_ON]->(server) }
  AND (
    $environments IS NULL
    OR (client.environment IN $environments AND server.environment IN $environments)
  )
  AND ($teams IS NULL OR (client.team IN $teams AND server.team IN $teams))
OPTIONAL MATCH (client)-[d:DEPENDS_ON]->(server)
RETURN
  d {
    .state,
    .modes,
    .criticality,
    .confidence,
    .conflicts,
    fromMillis: d.from.epochMillis
  } AS believed
