// Keeps beliefs that end now as past ones.
// @param {List<Map>} rows dependencyId, pastId, to: DateTime
// @access WRITE
// @moves belief
UNWIND $rows AS row
MATCH (client)-[d:DEPENDS_ON {id: row.dependencyId}]->(server)
USING INDEX SEEK d:DEPENDS_ON(id)
CREATE (client)-[:DEPENDED_ON {
  id: row.pastId,
  dependency: d.id,
  state: d.state,
  modes: d.modes,
  criticality: d.criticality,
  confidence: d.confidence,
  conflicts: d.conflicts,
  from: d.from,
  to: row.to
}]->(server)
