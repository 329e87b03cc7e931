// The past beliefs of some pairs, and the impacts between their ends that are of them.
// @param {List<Map>} rows clientId, serverId
// @returns clientId, serverId, past, impacts
// @access READ
UNWIND $rows AS row
MATCH (client:Service {id: row.clientId})
MATCH (server:Service {id: row.serverId})
CALL (client, server) {
  OPTIONAL MATCH (client)-[d:DEPENDED_ON]->(server)
  WITH d
  ORDER BY d.from
  RETURN
    collect(
      d {
        .id,
        .state,
        .modes,
        .criticality,
        .confidence,
        .conflicts,
        from: d.from.epochMillis,
        to: d.to.epochMillis
      }
    ) AS past
}
CALL (client, server, row) {
  OPTIONAL MATCH (client)-[i:IMPACTS]-(server)
  WHERE i.id STARTS WITH row.clientId + '~~' + row.serverId + '|'
  RETURN collect(i {.id, .mode, .severity, fromId: startNode(i).id, toId: endNode(i).id}) AS impacts
}
RETURN row.clientId AS clientId, row.serverId AS serverId, past, impacts
