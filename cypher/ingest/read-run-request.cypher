// What is remembered of a request for a run.
// @param {String} id
// @param {DateTime} oldest what was first asked before is forgotten
// @returns body, workflowId, kind, source, fromMillis, toMillis, run, joined
// @access READ
MATCH (q:RunRequest {id: $id})
WHERE q.at >= $oldest
RETURN
  q.body AS body,
  q.workflowId AS workflowId,
  q.kind AS kind,
  q.source AS source,
  q.from.epochMillis AS fromMillis,
  q.to.epochMillis AS toMillis,
  q.run AS run,
  q.joined AS joined
