// One dependency: what is believed of it now, if anything.
// @param {String} client
// @param {String} server
// @returns believed
// `believed` is null where nothing is believed now; there is no row where nothing was ever known.
// @access READ
MATCH (client:Service {id: $client})
MATCH (server:Service {id: $server})
WHERE EXISTS { (client)-[:OBSERVED|DECLARED|DEPENDS_ON|DEPENDED_ON]->(server) }
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
