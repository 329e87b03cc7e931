// Writes beliefs that differ from what was believed before.
// @param {List<Map>} rows dependencyId, state, modes, from: DateTime
// @access WRITE
UNWIND $rows AS row
MATCH ()-[d:DEPENDS_ON {id: row.dependencyId}]->()
USING INDEX SEEK d:DEPENDS_ON(id)
SET d.state = row.state, d.modes = row.modes, d.from = row.from
