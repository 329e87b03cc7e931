// Windows of a source that are due to be read again, the one that waits longest first.
// @param {String} source
// @param {DateTime} now
// @param {Integer} limit
// @returns id, startMillis, endMillis, outcome, isLate, rereads
// @access READ
MATCH (w:Window)
USING INDEX w:Window(source, rereadAt)
WHERE w.source = $source AND w.rereadAt <= $now
WITH w
ORDER BY w.source, w.rereadAt
LIMIT $limit
RETURN
  w.id AS id,
  w.start.epochMillis AS startMillis,
  w.end.epochMillis AS endMillis,
  w.outcome AS outcome,
  coalesce(w.lateSamples, false) AS isLate,
  coalesce(w.rereads, 0) AS rereads
