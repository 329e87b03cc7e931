// The producers that the windows of a source had.
// @param {String} prefix the source's id and `|`
// @param {Integer} limit
// @returns id, reading, labels, knownSince, missingSince, isMarked, isSuccessor, isJob
// @access READ
MATCH (p:Producer)
WHERE p.id STARTS WITH $prefix
RETURN
  p.id AS id,
  p.reading AS reading,
  p.labels AS labels,
  p.knownSince.epochMillis AS knownSince,
  p.missingSince.epochMillis AS missingSince,
  p.isMarked AS isMarked,
  p.isSuccessor AS isSuccessor,
  p.isJob AS isJob
ORDER BY id
LIMIT $limit
