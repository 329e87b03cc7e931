// Forgets some of the windows and runs that ended by the horizon.
// @param {DateTime} horizon
// @param {Integer} limit
// @returns done
// @access WRITE
// @moves evidence
CALL () {
  MATCH (w:Window)
  USING INDEX w:Window(end)
  WHERE w.end <= $horizon
  RETURN w AS old
  LIMIT $limit
  UNION ALL
  MATCH (r:Run)
  USING INDEX r:Run(finishedAt)
  WHERE r.finishedAt <= $horizon
  RETURN r AS old
  LIMIT $limit
}
DETACH DELETE old
RETURN count(*) AS done
