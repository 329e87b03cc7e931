// Records how a run ended; what was recorded first stands. A plan it did not finish is dropped.
// @param {String} run
// @param {String} state completed, failed or cancelled
// @param {String} error one sentence, or null
// @param {DateTime} finishedAt
// @access WRITE
// @moves nothing
MATCH (r:Run {id: $run})
WHERE r.state = 'running'
SET
  r.state = $state,
  r.error = $error,
  r.finishedAt = $finishedAt,
  r.failingSince = null,
  r.failingStep = null
WITH r
MATCH (r)-[p:PLANNED]->()
DELETE p
