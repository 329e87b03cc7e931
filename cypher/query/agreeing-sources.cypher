// Other sources that have counted pairs of one source in the same windows, and how often alike.
// @param {String} prefix what the ids of the source's evidence begin with
// @param {String} source its id
// @param {DateTime} since windows that end after this
// @param {Integer} scanned most evidence that is looked at
// @param {Integer} limit most pairs that are compared
// @returns other, shared, agreeing
// Counts agree that differ by at most a twentieth of the larger.
// @access READ
MATCH (client)-[o:OBSERVED]->(server)
USING INDEX SEEK o:OBSERVED(id)
WHERE o.id STARTS WITH $prefix
WITH client, server, o
LIMIT $scanned
WHERE o.requestsPerSecond > 0 AND o.windowEnd > $since
WITH DISTINCT client, server, o.mode AS mode, o.windowEnd AS windowEnd
CALL (client, server, mode, windowEnd) {
  MATCH (client)-[p:OBSERVED]->(server)
  WHERE p.mode = mode AND p.windowEnd = windowEnd AND p.requestsPerSecond > 0
  WITH p.source AS source, max(p.requestsPerSecond) AS rate
  RETURN collect({source: source, rate: rate}) AS rates
}
WITH rates
WHERE size(rates) > 1
LIMIT $limit
WITH rates, [one IN rates WHERE one.source = $source][0].rate AS mine
UNWIND rates AS one
WITH one.source AS other, one.rate AS theirs, mine
WHERE other <> $source
RETURN
  other,
  count(*) AS shared,
  sum(
    CASE
      WHEN abs(mine - theirs) <= 0.05 * CASE WHEN mine > theirs THEN mine ELSE theirs END THEN 1
      ELSE 0
    END
  ) AS agreeing
ORDER BY other
