// Creates the ways in which failures travel.
// @param {List<Map>} rows id, fromId, toId, mode, severity
// @access WRITE
// @moves belief
UNWIND $rows AS row
MATCH (a:Service {id: row.fromId})
MATCH (b:Service {id: row.toId})
CREATE (a)-[:IMPACTS {id: row.id, mode: row.mode, severity: row.severity}]->(b)
