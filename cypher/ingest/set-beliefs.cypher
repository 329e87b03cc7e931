// Writes beliefs that differ from what was believed before.
// @param {List<Map>} rows dependencyId, state, modes, criticality, confidence, conflicts, from: DateTime
// @access WRITE
// @moves belief
UNWIND $rows AS row
MATCH ()-[d:DEPENDS_ON {id: row.dependencyId}]->()
USING INDEX SEEK d:DEPENDS_ON(id)
SET
  d.state = row.state,
  d.modes = row.modes,
  d.criticality = row.criticality,
  d.confidence = row.confidence,
  d.conflicts = row.conflicts,
  d.from = row.from
