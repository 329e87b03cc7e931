// Creates past beliefs.
// @param {List<Map>} rows id, dependencyId, clientId, serverId, state, modes, criticality, confidence, conflicts, from: DateTime, to: DateTime
// @access WRITE
// @moves belief
UNWIND $rows AS row
MATCH (client:Service {id: row.clientId})
MATCH (server:Service {id: row.serverId})
CREATE (client)-[:DEPENDED_ON {
  id: row.id,
  dependency: row.dependencyId,
  state: row.state,
  modes: row.modes,
  criticality: row.criticality,
  confidence: row.confidence,
  conflicts: row.conflicts,
  from: row.from,
  to: row.to
}]->(server)
