// Remembers which workflow a request for a run is about to start; what came of a request that is
// remembered already, and the body it had, stand, unless it is too old.
// @param {String} id
// @param {String} body digest of what is asked for
// @param {String} workflowId
// @param {DateTime} at
// @param {DateTime} oldest what was first asked before is forgotten
// @returns body, workflowId, run, joined
// @access WRITE
// @moves nothing
MERGE (q:RunRequest {id: $id})
WITH q, coalesce(q.at < $oldest, true) AS isNew
SET
  q.at = CASE WHEN isNew THEN $at ELSE q.at END,
  q.body = CASE WHEN isNew THEN $body ELSE q.body END,
  q.run = CASE WHEN isNew THEN null ELSE q.run END,
  q.joined = CASE WHEN isNew THEN null ELSE q.joined END
SET q.workflowId = CASE WHEN q.body = $body AND q.run IS NULL THEN $workflowId ELSE q.workflowId END
RETURN q.body AS body, q.workflowId AS workflowId, q.run AS run, q.joined AS joined
