// Creates the belief in dependencies that are not believed in now, and the impacts on either end that
// follow from it: both ends are found once for all of them.
// @param {List<Map>} rows clientId, serverId, dependencyId, state, modes, criticality, confidence, conflicts, from: DateTime, onClient, onServer
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
FOREACH (impact IN row.onClient |
  CREATE (server)-[:IMPACTS {id: impact.id, mode: impact.mode, severity: impact.severity}]->(client)
)
FOREACH (impact IN row.onServer |
  CREATE (client)-[:IMPACTS {id: impact.id, mode: impact.mode, severity: impact.severity}]->(server)
)
