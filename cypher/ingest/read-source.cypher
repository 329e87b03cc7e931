// What is known of a source's progress.
// @param {String} source
// @returns looked, frontierMillis, backfillUntilMillis, settleMillis, settleChangedAtMillis
// `settleMillis` is what was learnt beyond what is configured; null where nothing was.
// @access READ
MATCH (s:Source {id: $source})
RETURN
  s.looked AS looked,
  s.frontier.epochMillis AS frontierMillis,
  s.backfillUntil.epochMillis AS backfillUntilMillis,
  s.settleMillis AS settleMillis,
  s.settleChangedAt.epochMillis AS settleChangedAtMillis
