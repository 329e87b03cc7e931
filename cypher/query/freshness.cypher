// How far each source has been read, and how it was read shortly before some instants.
// @param {List<DateTime>} instants
// @returns source, lastCompleteWindowEndMillis, frontierMillis, looked, intervalSeconds, lastReads
// `lastReads` says of each instant the end of the last window, ended by then, of which anything was
// read; null where none of the last eight is one. They are ordered by `source` too, which is the
// order of the index.
// @access READ
MATCH (s:Source)
CALL (s) {
  UNWIND $instants AS instant
  CALL (s, instant) {
    MATCH (w:Window)
    USING INDEX w:Window(source, end)
    WHERE w.source = s.id AND w.end <= instant
    WITH w
    ORDER BY w.source DESC, w.end DESC
    LIMIT 8
    WITH w
    WHERE w.outcome <> 'failed'
    RETURN max(w.end) AS end
  }
  RETURN
    collect({instantMillis: instant.epochMillis, endMillis: end.epochMillis}) AS lastReads
}
RETURN
  s.id AS source,
  s.lastCompleteWindowEnd.epochMillis AS lastCompleteWindowEndMillis,
  s.frontier.epochMillis AS frontierMillis,
  coalesce(s.looked, []) AS looked,
  s.intervalSeconds AS intervalSeconds,
  lastReads
ORDER BY source
