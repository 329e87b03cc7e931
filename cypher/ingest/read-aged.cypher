// Some of a source's evidence by id, and of it what lies before the cutoffs and is not marked
// yet; what nobody watches does not age.
// @param {String} after id of the last evidence of the page before, or the source's id and `|`
// @param {String} before the source's id and `}`, which follows `|`
// @param {DateTime} staleCutoff or null
// @param {DateTime} removeCutoff or null
// @param {Integer} limit
// @returns lastId, aged
// @access READ
MATCH (client:Service)-[o:OBSERVED]->(server:Service)
USING INDEX o:OBSERVED(id)
WHERE o.id > $after AND o.id < $before
WITH client, o, server
ORDER BY o.id
LIMIT $limit
RETURN
  max(o.id) AS lastId,
  collect(
    CASE
      WHEN
        o.unwatchedSince IS NULL
        AND (
          (o.staleAt IS NULL AND o.lastSeenAt < $staleCutoff AND coalesce(o.agesFrom, o.lastSeenAt) < $staleCutoff)
          OR (o.removedAt IS NULL AND o.lastSeenAt < $removeCutoff AND coalesce(o.agesFrom, o.lastSeenAt) < $removeCutoff)
        )
        THEN {
        id: o.id,
        clientId: client.id,
        serverId: server.id,
        lastSeenAt: o.lastSeenAt.epochMillis,
        staleAt: o.staleAt.epochMillis,
        removedAt: o.removedAt.epochMillis,
        agesFrom: o.agesFrom.epochMillis
      }
    END
  ) AS aged
