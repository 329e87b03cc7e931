// All that is said and believed of some pairs, and what their ends are.
// @param {List<Map>} rows clientId, serverId
// @returns clientId, serverId, clientKind, serverKind, clientEnvironment, serverEnvironment, observed, declared, beliefs, pastUntil
// `beliefs` is empty or the belief now; `pastUntil` is the end of the last belief before it.
// @access READ
UNWIND $rows AS row
MATCH (client:Service {id: row.clientId})
MATCH (server:Service {id: row.serverId})
CALL (client, server) {
  OPTIONAL MATCH (client)-[r:OBSERVED|DECLARED|DEPENDS_ON|DEPENDED_ON]->(server)
  RETURN
    collect(
      CASE
        WHEN r:OBSERVED THEN {
          mode: r.mode,
          staleAt: r.staleAt.epochMillis,
          removedAt: r.removedAt.epochMillis
        }
      END
    ) AS observed,
    collect(
      CASE WHEN r:DECLARED THEN {modes: r.modes, criticality: r.criticality} END
    ) AS declared,
    collect(
      CASE
        WHEN r:DEPENDS_ON THEN {
          state: r.state,
          modes: r.modes,
          criticality: r.criticality,
          confidence: r.confidence,
          conflicts: r.conflicts,
          from: r.from.epochMillis
        }
      END
    ) AS beliefs,
    max(CASE WHEN r:DEPENDED_ON THEN r.to.epochMillis END) AS pastUntil
}
RETURN
  client.id AS clientId,
  server.id AS serverId,
  client.kind AS clientKind,
  server.kind AS serverKind,
  client.environment AS clientEnvironment,
  server.environment AS serverEnvironment,
  observed,
  declared,
  beliefs,
  pastUntil
