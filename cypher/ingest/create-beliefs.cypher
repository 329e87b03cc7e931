// Creates the belief in dependencies that are not believed in now.
// @param {List<Map>} rows clientId, serverId, dependencyId, state, modes, criticality, confidence, conflicts, from: DateTime
// @access WRITE
// @moves belief
UNWIND $rows AS row
MATCH (client:Service {id: row.clientId})
MATCH (server:Service {id: row.serverId})
CREATE (client)-[:DEPENDS_ON {
  id: row.dependencyId,
  state: row.state,
  modes: row.modes,
  criticality: row.criticality,
  confidence: row.confidence,
  conflicts: row.conflicts,
  from: row.from,
  to: datetime('9999-12-31T00:00:00Z')
}]->(server)
