// Adds what a batch created to its window's accounting, in the batch's own transaction, so that a
// batch repeated after a lost acknowledgement counts nothing twice.
// @param {String} windowId
// @param {String} source
// @param {String} run
// @param {DateTime} start
// @param {DateTime} end
// @param {Integer} servicesCreated
// @param {Integer} dependenciesCreated
// @access WRITE
MERGE (w:Window {id: $windowId})
ON CREATE SET
  w.source = $source,
  w.start = $start,
  w.end = $end
WITH w, coalesce(w.run = $run, false) AS sameRun
SET
  w.servicesCreated = CASE WHEN sameRun THEN w.servicesCreated ELSE 0 END + $servicesCreated,
  w.dependenciesCreated =
    CASE WHEN sameRun THEN w.dependenciesCreated ELSE 0 END + $dependenciesCreated,
  w.outcome = CASE WHEN sameRun THEN w.outcome ELSE null END,
  w.run = $run
