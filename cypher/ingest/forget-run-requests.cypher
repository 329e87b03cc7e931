// Forgets requests for runs that were made long ago, some at a time.
// @param {DateTime} oldest
// @param {Integer} limit
// @access WRITE
// @moves nothing
MATCH (q:RunRequest)
USING INDEX q:RunRequest(at)
WHERE q.at < $oldest
WITH q
LIMIT $limit
DELETE q
