// What is believed of some pairs now, and all evidence of them; nothing for a pair without belief.
// @param {List<String>} ids
// @returns dependencyId, evidence, state, modes, from
// @access READ
UNWIND $ids AS id
MATCH (client)-[d:DEPENDS_ON {id: id}]->(server)
USING INDEX SEEK d:DEPENDS_ON(id)
MATCH (client)-[o:OBSERVED]->(server)
RETURN
  id AS dependencyId,
  collect({mode: o.mode, stale: o.staleAt IS NOT NULL}) AS evidence,
  d.state AS state,
  d.modes AS modes,
  d.from.epochMillis AS from
