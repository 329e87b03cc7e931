// Creates the belief in dependencies that were not believed in.
// @param {DateTime} at instant from which it holds
// @param {List<Map>} rows clientId, serverId, dependencyId, state, modes
// @access WRITE
UNWIND $rows AS row
MATCH (client:Service {id: row.clientId})
MATCH (server:Service {id: row.serverId})
CREATE (client)-[:DEPENDS_ON {
  id: row.dependencyId,
  state: row.state,
  modes: row.modes,
  from: $at,
  to: datetime('9999-12-31T00:00:00Z')
}]->(server)
