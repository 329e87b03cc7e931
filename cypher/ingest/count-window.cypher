// Adds a window that was closed to its run's counts.
// @param {String} run
// @param {String} outcome
// @param {Integer} valuesRead
// @param {Integer} valuesDropped
// @param {Integer} observations
// @param {Integer} servicesCreated
// @param {Integer} dependenciesCreated
// @access WRITE
MATCH (r:Run {id: $run})
SET
  r.windowsComplete = r.windowsComplete + CASE WHEN $outcome = 'complete' THEN 1 ELSE 0 END,
  r.windowsPartial = r.windowsPartial + CASE WHEN $outcome = 'partial' THEN 1 ELSE 0 END,
  r.windowsSuspicious = r.windowsSuspicious + CASE WHEN $outcome = 'suspicious' THEN 1 ELSE 0 END,
  r.windowsFailed = r.windowsFailed + CASE WHEN $outcome = 'failed' THEN 1 ELSE 0 END,
  r.valuesRead = r.valuesRead + $valuesRead,
  r.valuesDropped = r.valuesDropped + $valuesDropped,
  r.observations = r.observations + $observations,
  r.servicesCreated = r.servicesCreated + $servicesCreated,
  r.dependenciesCreated = r.dependenciesCreated + $dependenciesCreated
