// Records that a step of a run failed and is tried again: the run is failing since the first such
// failure, with the error of the last one. A run that has ended is left alone.
// @param {String} run
// @param {String} step which step failed last
// @param {String} error one sentence
// @param {DateTime} at
// @access WRITE
// @moves nothing
MATCH (r:Run {id: $run})
// Takes the lock before it looks: a run is closed in the lane, and this is beside it.
SET r.lock = true
REMOVE r.lock
WITH r
WHERE r.state = 'running'
SET r.failingSince = coalesce(r.failingSince, $at), r.failingStep = $step, r.error = $error
