// Adds a closed window to the counts of its run, once: (:Run)-[:READ]->(:Window) remembers it. A run
// that was failing is no longer.
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
WHERE NOT EXISTS { (r)-[:READ]->(w) }
CREATE (r)-[:READ {outcome: $outcome}]->(w)
SET
  r.windowsComplete = r.windowsComplete + CASE WHEN $outcome = 'complete' THEN 1 ELSE 0 END,
  r.windowsPartial = r.windowsPartial + CASE WHEN $outcome = 'partial' THEN 1 ELSE 0 END,
  r.windowsSuspicious = r.windowsSuspicious + CASE WHEN $outcome = 'suspicious' THEN 1 ELSE 0 END,
  r.windowsFailed = r.windowsFailed + CASE WHEN $outcome = 'failed' THEN 1 ELSE 0 END,
  r.valuesRead = r.valuesRead + $valuesRead,
  r.valuesDropped = r.valuesDropped + $valuesDropped,
  r.observations = r.observations + $observations,
  r.error = CASE WHEN r.state = 'running' THEN null ELSE r.error END,
  r.failingSince = null,
  r.failingStep = null
