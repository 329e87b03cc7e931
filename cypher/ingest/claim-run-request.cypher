// Remembers which workflow a request for a run is about to start; what came of a request that is
// remembered already, and the body it had, stand, unless it is too old.
// @param {String} id
// @param {String} body digest of what is asked for
// @param {String} workflowId
// @param {String} kind
// @param {String} source null where it is about all of them
// @param {DateTime} from null where no range was asked for
// @param {DateTime} to null where no range was asked for
// @param {DateTime} at
// @param {DateTime} oldest what was first asked before is forgotten
// @returns body, workflowId, kind, source, fromMillis, toMillis, run, joined
// @access WRITE
// @moves nothing
MERGE (q:RunRequest {id: $id})
WITH q, coalesce(q.at < $oldest, true) AS isNew
SET
  q.at = CASE WHEN isNew THEN $at ELSE q.at END,
  q.body = CASE WHEN isNew THEN $body ELSE q.body END,
  q.run = CASE WHEN isNew THEN null ELSE q.run END,
  q.joined = CASE WHEN isNew THEN null ELSE q.joined END
WITH q, q.body = $body AND q.run IS NULL AS isOurs
SET
  q.workflowId = CASE WHEN isOurs THEN $workflowId ELSE q.workflowId END,
  q.kind = CASE WHEN isOurs THEN $kind ELSE q.kind END,
  q.source = CASE WHEN isOurs THEN $source ELSE q.source END,
  q.from = CASE WHEN isOurs THEN $from ELSE q.from END,
  q.to = CASE WHEN isOurs THEN $to ELSE q.to END
RETURN
  q.body AS body,
  q.workflowId AS workflowId,
  q.kind AS kind,
  q.source AS source,
  q.from.epochMillis AS fromMillis,
  q.to.epochMillis AS toMillis,
  q.run AS run,
  q.joined AS joined
