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
  o.serverLatencyP50Seconds =
    CASE WHEN newest THEN row.latency.serverLatencyP50Seconds ELSE o.serverLatencyP50Seconds END,
  o.serverLatencyP95Seconds =
    CASE WHEN newest THEN row.latency.serverLatencyP95Seconds ELSE o.serverLatencyP95Seconds END,
  o.serverLatencyP99Seconds =
    CASE WHEN newest THEN row.latency.serverLatencyP99Seconds ELSE o.serverLatencyP99Seconds END,
  o.serverLatencyMeanSeconds =
    CASE WHEN newest THEN row.latency.serverLatencyMeanSeconds ELSE o.serverLatencyMeanSeconds END,
  o.clientLatencyP50Seconds =
    CASE WHEN newest THEN row.latency.clientLatencyP50Seconds ELSE o.clientLatencyP50Seconds END,
  o.clientLatencyP95Seconds =
    CASE WHEN newest THEN row.latency.clientLatencyP95Seconds ELSE o.clientLatencyP95Seconds END,
  o.clientLatencyP99Seconds =
    CASE WHEN newest THEN row.latency.clientLatencyP99Seconds ELSE o.clientLatencyP99Seconds END,
  o.clientLatencyMeanSeconds =
    CASE WHEN newest THEN row.latency.clientLatencyMeanSeconds ELSE o.clientLatencyMeanSeconds END,
  o.messagingLatencyP50Seconds =
    CASE WHEN newest THEN row.latency.messagingLatencyP50Seconds ELSE o.messagingLatencyP50Seconds END,
  o.messagingLatencyP95Seconds =
    CASE WHEN newest THEN row.latency.messagingLatencyP95Seconds ELSE o.messagingLatencyP95Seconds END,
  o.messagingLatencyP99Seconds =
    CASE WHEN newest THEN row.latency.messagingLatencyP99Seconds ELSE o.messagingLatencyP99Seconds END,
  o.messagingLatencyMeanSeconds =
    CASE WHEN newest THEN row.latency.messagingLatencyMeanSeconds ELSE o.messagingLatencyMeanSeconds END,
  o.windowEnd = CASE WHEN newest THEN $windowEnd ELSE o.windowEnd END
WITH row, firstSeenAt, staleAt, newest
WHERE firstSeenAt IS NULL OR (newest AND staleAt IS NOT NULL)
RETURN
  row.clientId AS clientId, row.serverId AS serverId, row.dependencyId AS dependencyId
