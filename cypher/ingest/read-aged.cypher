// Some of the pairs of which a source has evidence that lies before cutoffs and is not marked yet, by
// the id of that evidence; what nobody watches does not age.
// @param {String} prefix the source's id and `|`
// @param {String} after the last evidence of the page before, or the prefix
// @param {String} before the source's id and `}`, which follows `|`
// @param {DateTime} staleCutoff or null
// @param {DateTime} removeCutoff or null
// @param {Integer} limit
// @returns upTo, clientId, serverId, aged
// `aged` is all of the source's evidence of the pair that is to be marked; `upTo` is that by which it is here.
// @access READ
MATCH (client:Service)-[o:OBSERVED]->(server:Service)
USING INDEX o:OBSERVED(id)
WHERE
  o.id > $after
  AND o.id < $before
  AND o.unwatchedSince IS NULL
  AND (
    (o.staleAt IS NULL AND o.lastSeenAt < $staleCutoff AND coalesce(o.agesFrom, o.lastSeenAt) < $staleCutoff)
    OR (o.removedAt IS NULL AND o.lastSeenAt < $removeCutoff AND coalesce(o.agesFrom, o.lastSeenAt) < $removeCutoff)
  )
WITH client, o, server
ORDER BY o.id
LIMIT $limit
CALL (client, server) {
  MATCH (client)-[one:OBSERVED]->(server)
  WHERE
    one.id > $prefix
    AND one.id < $before
    AND one.unwatchedSince IS NULL
    AND (
      (one.staleAt IS NULL AND one.lastSeenAt < $staleCutoff AND coalesce(one.agesFrom, one.lastSeenAt) < $staleCutoff)
      OR (one.removedAt IS NULL AND one.lastSeenAt < $removeCutoff AND coalesce(one.agesFrom, one.lastSeenAt) < $removeCutoff)
    )
  RETURN
    collect({
      id: one.id,
      lastSeenAt: one.lastSeenAt.epochMillis,
      staleAt: one.staleAt.epochMillis,
      removedAt: one.removedAt.epochMillis,
      agesFrom: one.agesFrom.epochMillis
    }) AS aged
}
RETURN o.id AS upTo, client.id AS clientId, server.id AS serverId, aged
ORDER BY upTo
