// How many dependencies a source shows now, and how many of them it has not shown since a cutoff; a
// mode that any of its readings has shown since, or that nobody watches, does not count.
// @param {String} after the source's id and `|`
// @param {String} before the source's id and `}`, which follows `|`
// @param {DateTime} cutoff
// @returns fresh, unseen
// @access READ
MATCH (client)-[o:OBSERVED]->(server)
USING INDEX o:OBSERVED(id)
WHERE o.id > $after AND o.id < $before AND o.staleAt IS NULL
WITH
  client,
  server,
  o.mode AS mode,
  min(
    CASE
      WHEN
        o.unwatchedSince IS NULL
        AND o.lastSeenAt < $cutoff
        AND coalesce(o.agesFrom, o.lastSeenAt) < $cutoff
        THEN 1
      ELSE 0
    END
  ) AS unseenInMode
WITH client, server, max(unseenInMode) AS unseen
RETURN count(*) AS fresh, sum(unseen) AS unseen
