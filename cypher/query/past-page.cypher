// A page of what was believed of dependencies at an instant and no longer is, by the id of the belief.
// @param {String} after `cursor` of the last row of the page before, or an empty string
// @param {DateTime} at
// @param {Integer} limit
// @param {String} namespace of one end at least, or null
// @param {List<String>} kinds of which one end at least is, or null for all
// @param {List<String>} states or null for all
// @param {List<String>} modes of which it has one, or null for all
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns cursor, id, client, server, state, modes, criticality, confidence, conflicts, fromMillis
// @access READ
MATCH (client:Service)-[d:DEPENDED_ON]->(server:Service)
USING INDEX SEEK d:DEPENDED_ON(id)
WHERE
  d.id > $after
  AND d.from <= $at
  AND d.to > $at
  AND ($states IS NULL OR d.state IN $states)
  AND ($modes IS NULL OR any(mode IN d.modes WHERE mode IN $modes))
  AND ($namespace IS NULL OR $namespace IN [client.namespace, server.namespace])
  AND ($kinds IS NULL OR client.kind IN $kinds OR server.kind IN $kinds)
  AND (
    $environments IS NULL
    OR (client.environment IN $environments AND server.environment IN $environments)
  )
  AND ($teams IS NULL OR (client.team IN $teams AND server.team IN $teams))
RETURN
  d.id AS cursor,
  d.dependency AS id,
  client.id AS client,
  server.id AS server,
  d.state AS state,
  d.modes AS modes,
  d.criticality AS criticality,
  d.confidence AS confidence,
  d.conflicts AS conflicts,
  d.from.epochMillis AS fromMillis
ORDER BY cursor
LIMIT $limit
