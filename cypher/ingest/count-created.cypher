// Counts what a batch created, of its window and its run, in the batch's own transaction; a batch
// repeated after a lost acknowledgement creates nothing and so counts nothing twice.
// @param {String} windowId
// @param {String} source
// @param {String} run
// @param {DateTime} start
// @param {DateTime} end
// @param {Integer} servicesCreated
// @param {Integer} dependenciesCreated
// @access WRITE
MERGE (w:Window {id: $windowId})
ON CREATE SET w.source = $source, w.start = $start, w.end = $end
SET
  w.servicesCreated = coalesce(w.servicesCreated, 0) + $servicesCreated,
  w.dependenciesCreated = coalesce(w.dependenciesCreated, 0) + $dependenciesCreated
WITH w
MATCH (r:Run {id: $run})
SET
  r.servicesCreated = r.servicesCreated + $servicesCreated,
  r.dependenciesCreated = r.dependenciesCreated + $dependenciesCreated
