// Says from when on the graph can be seen as it was, and up to which change some may be missing.
// @param {DateTime} horizon
// @access WRITE
// @moves belief
MATCH (g:Graph {id: 'graph'})
CALL () {
  MATCH (c:Change)
  WHERE c.at <= $horizon
  RETURN max(c.sequence) AS pruned
}
SET
  g.historyFrom =
    CASE
      WHEN g.historyFrom IS NULL OR g.historyFrom < $horizon THEN $horizon
      ELSE g.historyFrom
    END,
  g.prunedSequence =
    CASE
      WHEN pruned > coalesce(g.prunedSequence, 0) THEN pruned
      ELSE coalesce(g.prunedSequence, 0)
    END
