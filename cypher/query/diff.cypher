// The dependencies that differ between two instants, with what was believed of them at both.
// @param {DateTime} from
// @param {DateTime} to
// @param {Integer} limit
// @returns id, client, server, environment, cluster, namespace, team, before, after
// `before` and `after` are null where it was not there; the other columns but the ends are the client's.
// @access READ
MATCH (c:Change)
USING INDEX c:Change(at, sequence)
WHERE c.at > $from AND c.at <= $to AND c.sequence > 0 AND c.client IS NOT NULL
WITH DISTINCT c.subject AS id, c.client AS clientId, c.server AS serverId
LIMIT $limit
MATCH (client:Service {id: clientId})
MATCH (server:Service {id: serverId})
CALL (client, server) {
  OPTIONAL MATCH (client)-[d:DEPENDS_ON|DEPENDED_ON]->(server)
  WHERE d.to > $from AND d.from <= $to
  RETURN
    head(collect(CASE WHEN d.from <= $from AND d.to > $from THEN d END)) AS before,
    head(collect(CASE WHEN d.from <= $to AND d.to > $to THEN d END)) AS after
}
WITH id, client, server, before, after
WHERE
  (before IS NULL) <> (after IS NULL)
  OR before.state <> after.state
  OR before.modes <> after.modes
  OR before.criticality <> after.criticality
  OR before.confidence <> after.confidence
  OR before.conflicts <> after.conflicts
RETURN
  id,
  client.id AS client,
  server.id AS server,
  client.environment AS environment,
  client.cluster AS cluster,
  client.namespace AS namespace,
  client.team AS team,
  before {.state, .modes, .criticality, .confidence, .conflicts} AS before,
  after {.state, .modes, .criticality, .confidence, .conflicts} AS after
ORDER BY id
