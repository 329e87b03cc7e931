// What is known of a source's progress.
// @param {String} source
// @returns looked, frontierMillis, backfillUntilMillis
// @access READ
MATCH (s:Source {id: $source})
RETURN
  s.looked AS looked,
  s.frontier.epochMillis AS frontierMillis,
  s.backfillUntil.epochMillis AS backfillUntilMillis
