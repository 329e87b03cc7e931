// Adds a closed window to the counts of its run, once: (:Run)-[:READ]->(:Window) remembers it, and how
// it ended. One that the run reads again counts as it ended last. A run that was failing is no longer.
// @param {String} run
// @param {String} windowId
// @param {String} outcome
// @param {Integer} valuesRead
// @param {Integer} valuesDropped
// @param {Integer} observations
// @access WRITE
// @moves nothing
MATCH (r:Run {id: $run})
MATCH (w:Window {id: $windowId})
OPTIONAL MATCH (r)-[known:READ]->(w)
WITH r, w, known, coalesce(known.outcome, 'not read') AS was
WHERE was <> $outcome
FOREACH (_ IN CASE WHEN known IS NULL THEN [1] ELSE [] END | CREATE (r)-[:READ {outcome: $outcome}]->(w))
SET known.outcome = $outcome
SET
  r.windowsComplete =
    r.windowsComplete
    + CASE WHEN $outcome = 'complete' THEN 1 ELSE 0 END
    - CASE WHEN was = 'complete' THEN 1 ELSE 0 END,
  r.windowsPartial =
    r.windowsPartial
    + CASE WHEN $outcome = 'partial' THEN 1 ELSE 0 END
    - CASE WHEN was = 'partial' THEN 1 ELSE 0 END,
  r.windowsSuspicious =
    r.windowsSuspicious
    + CASE WHEN $outcome = 'suspicious' THEN 1 ELSE 0 END
    - CASE WHEN was = 'suspicious' THEN 1 ELSE 0 END,
  r.windowsFailed =
    r.windowsFailed
    + CASE WHEN $outcome = 'failed' THEN 1 ELSE 0 END
    - CASE WHEN was = 'failed' THEN 1 ELSE 0 END,
  r.valuesRead = r.valuesRead + $valuesRead,
  r.valuesDropped = r.valuesDropped + $valuesDropped,
  r.observations = r.observations + $observations,
  r.error = CASE WHEN r.state = 'running' THEN null ELSE r.error END,
  r.failingSince = null,
  r.failingStep = null
