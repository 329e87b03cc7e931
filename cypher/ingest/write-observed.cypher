// Writes what a window showed as evidence and returns the pairs whose belief could change.
// An older window widens firstSeenAt and overwrites nothing; the same window twice changes nothing.
// @param {String} source
// @param {DateTime} windowEnd
// @param {List<Map>} rows id, clientId, serverId, dependencyId, mode, connectionTypes, traffic, requestsPerSecond, errorRatio, latency
// @returns clientId, serverId, dependencyId
// @access WRITE
UNWIND $rows AS row
MATCH (client:Service {id: row.clientId})
MATCH (server:Service {id: row.serverId})
MERGE (client)-[o:OBSERVED {id: row.id}]->(server)
ON CREATE SET o.source = $source, o.mode = row.mode
WITH
  o,
  row,
  o.firstSeenAt AS firstSeenAt,
  o.lastSeenAt AS lastSeenAt,
  o.lastTrafficAt AS lastTrafficAt,
  o.staleAt AS staleAt,
  o.windowEnd IS NULL OR $windowEnd >= o.windowEnd AS newest
SET
  o.firstSeenAt = CASE WHEN firstSeenAt <= $windowEnd THEN firstSeenAt ELSE $windowEnd END,
  o.lastSeenAt = CASE WHEN lastSeenAt >= $windowEnd THEN lastSeenAt ELSE $windowEnd END,
  o.lastTrafficAt =
    CASE
      WHEN NOT row.traffic THEN lastTrafficAt
      WHEN lastTrafficAt >= $windowEnd THEN lastTrafficAt
      ELSE $windowEnd
    END,
  o.staleAt = CASE WHEN newest THEN null ELSE staleAt END,
  o.connectionTypes = CASE WHEN newest THEN row.connectionTypes ELSE o.connectionTypes END,
  o.requestsPerSecond = CASE WHEN newest THEN row.requestsPerSecond ELSE o.requestsPerSecond END,
  o.errorRatio = CASE WHEN newest THEN row.errorRatio ELSE o.errorRatio END,
  o.windowEnd = CASE WHEN newest THEN $windowEnd ELSE o.windowEnd END
FOREACH (latency IN CASE WHEN newest THEN [coalesce(row.latency, {})] ELSE [] END |
  SET
    o.serverLatencyP50Seconds = latency.serverLatencyP50Seconds,
    o.serverLatencyP95Seconds = latency.serverLatencyP95Seconds,
    o.serverLatencyP99Seconds = latency.serverLatencyP99Seconds,
    o.serverLatencyMeanSeconds = latency.serverLatencyMeanSeconds,
    o.clientLatencyP50Seconds = latency.clientLatencyP50Seconds,
    o.clientLatencyP95Seconds = latency.clientLatencyP95Seconds,
    o.clientLatencyP99Seconds = latency.clientLatencyP99Seconds,
    o.clientLatencyMeanSeconds = latency.clientLatencyMeanSeconds,
    o.messagingLatencyP50Seconds = latency.messagingLatencyP50Seconds,
    o.messagingLatencyP95Seconds = latency.messagingLatencyP95Seconds,
    o.messagingLatencyP99Seconds = latency.messagingLatencyP99Seconds,
    o.messagingLatencyMeanSeconds = latency.messagingLatencyMeanSeconds
)
WITH row, firstSeenAt, staleAt, newest
WHERE firstSeenAt IS NULL OR (newest AND staleAt IS NOT NULL)
RETURN
  row.clientId AS clientId, row.serverId AS serverId, row.dependencyId AS dependencyId
