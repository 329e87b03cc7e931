// Says where a source that was never read begins; one that was read is left as it is.
// @param {String} source
// @param {DateTime} frontier
// @param {DateTime} backfillUntil windows up to there are its past, not news
// @access WRITE
// @moves evidence
MERGE (s:Source {id: $source})
ON CREATE SET s.looked = []
SET
  s.begunAt = CASE WHEN s.frontier IS NULL THEN $frontier ELSE s.begunAt END,
  s.backfillUntil = CASE WHEN s.frontier IS NULL THEN $backfillUntil ELSE s.backfillUntil END,
  s.frontier = coalesce(s.frontier, $frontier)
