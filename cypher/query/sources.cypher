// All sources that were ever registered or read, and how far.
// @returns id, dialect, intervalSeconds, frontierMillis, lastCompleteWindowEndMillis, settleMillis
// @access READ
MATCH (s:Source)
RETURN
  s.id AS id,
  s.dialect AS dialect,
  s.intervalSeconds AS intervalSeconds,
  s.frontier.epochMillis AS frontierMillis,
  s.lastCompleteWindowEnd.epochMillis AS lastCompleteWindowEndMillis,
  s.settleMillis AS settleMillis
ORDER BY id
