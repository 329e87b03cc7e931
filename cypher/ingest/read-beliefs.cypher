// All evidence of some pairs and what is believed of them now.
// @param {List<Map>} pairs clientId, serverId, dependencyId
// @returns clientId, serverId, dependencyId, evidence, state, modes, from
// @access READ
UNWIND $pairs AS pair
MATCH (client:Service {id: pair.clientId})
MATCH (server:Service {id: pair.serverId})
MATCH (client)-[o:OBSERVED]->(server)
WITH
  pair,
  client,
  server,
  collect({mode: o.mode, stale: o.staleAt IS NOT NULL}) AS evidence
OPTIONAL MATCH (client)-[d:DEPENDS_ON]->(server)
RETURN
  pair.clientId AS clientId,
  pair.serverId AS serverId,
  pair.dependencyId AS dependencyId,
  evidence,
  d.state AS state,
  d.modes AS modes,
  d.from.epochMillis AS from
