// Forgets some of the past beliefs that ended by the horizon, and what services were by then.
// @param {DateTime} horizon
// @param {Integer} limit
// @returns done
// @access WRITE
// @moves belief
CALL () {
  MATCH ()-[d:DEPENDED_ON]->()
  USING INDEX d:DEPENDED_ON(to, from)
  WHERE d.to <= $horizon AND d.from IS NOT NULL
  RETURN d AS past
  LIMIT $limit
  UNION ALL
  MATCH ()-[w:WAS]->()
  USING INDEX w:WAS(to)
  WHERE w.to <= $horizon
  RETURN w AS past
  LIMIT $limit
}
DELETE past
RETURN count(*) AS done
