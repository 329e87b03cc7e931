// Records how a run ended.
// @param {String} run
// @param {String} state completed, failed or cancelled
// @param {String} error one sentence, or null
// @param {DateTime} finishedAt
// @access WRITE
MATCH (r:Run {id: $run})
SET r.state = $state, r.error = $error, r.finishedAt = $finishedAt
