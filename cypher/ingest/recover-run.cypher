// Takes back that a run is failing, where it was the step that failed last which went well now.
// @param {String} run
// @param {String} step
// @access WRITE
// @moves nothing
MATCH (r:Run {id: $run})
// Takes the lock before it looks: a run is closed in the lane, and this is beside it.
SET r.lock = true
REMOVE r.lock
WITH r
WHERE r.state = 'running' AND r.failingStep = $step
SET r.failingSince = null, r.failingStep = null, r.error = null
