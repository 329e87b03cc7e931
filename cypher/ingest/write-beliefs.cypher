// Writes the beliefs that differ from what was believed before.
// @param {DateTime} at instant from which they hold
// @param {List<Map>} rows clientId, serverId, dependencyId, state, modes
// @returns created
// @access WRITE
UNWIND $rows AS row
MATCH (client:Service {id: row.clientId})
MATCH (server:Service {id: row.serverId})
MERGE (client)-[d:DEPENDS_ON {id: row.dependencyId}]->(server)
WITH d, row, d.from AS from
SET
  d.state = row.state,
  d.modes = row.modes,
  d.from = CASE WHEN from >= $at THEN from ELSE $at END,
  d.to = datetime('9999-12-31T00:00:00Z')
RETURN count(CASE WHEN from IS NULL THEN 1 END) AS created
