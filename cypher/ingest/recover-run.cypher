// Takes back that a run is failing, where it was the step that failed last which went well now.
// @param {String} run
// @param {String} step
// @access WRITE
// @moves nothing
MATCH (r:Run {id: $run, failingStep: $step})
WHERE r.state = 'running'
SET r.failingSince = null, r.failingStep = null, r.error = null
