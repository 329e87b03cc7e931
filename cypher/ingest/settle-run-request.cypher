// Remembers which run came of a request; what was remembered first stands.
// @param {String} id
// @param {String} run
// @param {Boolean} joined whether the run had been started before the request
// @access WRITE
// @moves nothing
MATCH (q:RunRequest {id: $id})
WHERE q.run IS NULL
SET q.run = $run, q.joined = $joined
