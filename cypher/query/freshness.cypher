// How far each source has been read.
// @returns source, lastCompleteWindowEndMillis, frontierMillis
// @access READ
MATCH (s:Source)
RETURN
  s.id AS source,
  s.lastCompleteWindowEnd.epochMillis AS lastCompleteWindowEndMillis,
  s.frontier.epochMillis AS frontierMillis
ORDER BY source
