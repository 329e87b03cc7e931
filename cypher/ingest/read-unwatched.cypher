// Some of a source's evidence that nobody watches since some producers went.
// @param {List<String>} producers
// @param {String} after the source's id and `|`
// @param {String} before the source's id and `}`, which follows `|`
// @param {Integer} limit
// @returns id, lastSeenAt, unwatchedSince, agesFrom
// @access READ
UNWIND $producers AS producer
MATCH ()-[o:OBSERVED]->()
USING INDEX SEEK o:OBSERVED(unwatchedBy)
WHERE o.unwatchedBy = producer AND o.id > $after AND o.id < $before
RETURN
  o.id AS id,
  o.lastSeenAt.epochMillis AS lastSeenAt,
  o.unwatchedSince.epochMillis AS unwatchedSince,
  o.agesFrom.epochMillis AS agesFrom
LIMIT $limit
