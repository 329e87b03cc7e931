// How many dependencies differ between two instants, by the place and the team of their client; all of them.
// @param {DateTime} from
// @param {DateTime} to
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns environment, cluster, namespace, team, added, removed, changed
// @access READ
MATCH (c:Change)
USING INDEX c:Change(at, sequence)
WHERE c.at > $from AND c.at <= $to AND c.sequence > 0 AND c.client IS NOT NULL
WITH DISTINCT c.subject AS id, c.client AS clientId, c.server AS serverId
MATCH (client:Service {id: clientId})
MATCH (server:Service {id: serverId})
WHERE
  (
    $environments IS NULL
    OR (client.environment IN $environments AND server.environment IN $environments)
  )
  AND ($teams IS NULL OR (client.team IN $teams AND server.team IN $teams))
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
  client.environment AS environment,
  client.cluster AS cluster,
  client.namespace AS namespace,
  client.team AS team,
  sum(CASE WHEN before IS NULL THEN 1 ELSE 0 END) AS added,
  sum(CASE WHEN after IS NULL THEN 1 ELSE 0 END) AS removed,
  sum(CASE WHEN before IS NOT NULL AND after IS NOT NULL THEN 1 ELSE 0 END) AS changed
ORDER BY environment, cluster, namespace, team
