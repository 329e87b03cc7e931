// The dependencies of some services now, on either side, and what their ends are.
// @param {List<String>} ids of the services
// @returns clientId, serverId, clientKind, serverKind, state, modes, criticality, confidence, conflicts
// @access READ
UNWIND $ids AS id
MATCH (:Service {id: id})-[d:DEPENDS_ON]-()
WITH DISTINCT d
WITH d, startNode(d) AS client, endNode(d) AS server
RETURN
  client.id AS clientId,
  server.id AS serverId,
  client.kind AS clientKind,
  server.kind AS serverKind,
  d.state AS state,
  d.modes AS modes,
  d.criticality AS criticality,
  d.confidence AS confidence,
  d.conflicts AS conflicts
