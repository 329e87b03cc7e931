// How each source begins: the end of its first window of which anything was read, and its schedule.
// Windows are ordered by `source` too, which is the order of the index.
// @returns firstReadEndMillis, intervalSeconds, settleMillis
// @access READ
MATCH (s:Source)
CALL (s) {
  MATCH (w:Window)
  USING INDEX w:Window(source, end)
  WHERE w.source = s.id AND w.end IS NOT NULL AND w.outcome <> 'failed'
  WITH w
  ORDER BY w.source, w.end
  LIMIT 1
  RETURN max(w.end) AS firstReadEnd
}
RETURN
  firstReadEnd.epochMillis AS firstReadEndMillis,
  s.intervalSeconds AS intervalSeconds,
  s.configuredSettleMillis AS settleMillis
