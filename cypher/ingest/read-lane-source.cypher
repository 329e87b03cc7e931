// What a write of a source needs to know of it: its cutoffs, and where its past was to end.
// @param {String} source
// @returns staleCutoff, removeCutoff, stalePassAt, begunAt, backfillUntil
// @access READ
OPTIONAL MATCH (s:Source {id: $source})
RETURN
  s.staleCutoff.epochMillis AS staleCutoff,
  s.removeCutoff.epochMillis AS removeCutoff,
  s.stalePassAt.epochMillis AS stalePassAt,
  s.begunAt.epochMillis AS begunAt,
  s.backfillUntil.epochMillis AS backfillUntil
