// The first and the last change of a period, by their number in the changelog.
// @param {DateTime} since
// @param {DateTime} until
// @returns first, last
// `first` and `last` are null where nothing happened.
// @access READ
MATCH (c:Change)
USING INDEX c:Change(at, sequence)
WHERE c.at >= $since AND c.at < $until AND c.sequence > 0
RETURN min(c.sequence) AS first, max(c.sequence) AS last
