// Counts what a batch changed, of its window (if it is of one) and its run, in the batch's own
// transaction; a batch repeated after a lost acknowledgement changes nothing and counts nothing twice.
// @param {String} windowId null where it was no window
// @param {String} source null where it was no window
// @param {String} run null where no run made them
// @param {DateTime} start null where it was no window
// @param {DateTime} end null where it was no window
// @param {Integer} servicesDiscovered
// @param {Integer} dependenciesDiscovered
// @param {Integer} dependenciesRevived
// @param {Integer} dependenciesStale
// @param {Integer} dependenciesRemoved
// @param {Integer} dependenciesChanged
// @access WRITE
// @moves evidence
FOREACH (id IN CASE WHEN $windowId IS NULL THEN [] ELSE [$windowId] END |
  MERGE (w:Window {id: id})
  ON CREATE SET w.source = $source, w.start = $start, w.end = $end
  SET
    w.servicesCreated = coalesce(w.servicesCreated, 0) + $servicesDiscovered,
    w.dependenciesCreated = coalesce(w.dependenciesCreated, 0) + $dependenciesDiscovered,
    w.dependenciesRevived = coalesce(w.dependenciesRevived, 0) + $dependenciesRevived,
    w.dependenciesRemoved = coalesce(w.dependenciesRemoved, 0) + $dependenciesRemoved,
    w.dependenciesChanged = coalesce(w.dependenciesChanged, 0) + $dependenciesChanged
)
WITH 1 AS one
MATCH (r:Run {id: $run})
SET
  r.servicesCreated = coalesce(r.servicesCreated, 0) + $servicesDiscovered,
  r.dependenciesCreated = coalesce(r.dependenciesCreated, 0) + $dependenciesDiscovered,
  r.dependenciesRevived = coalesce(r.dependenciesRevived, 0) + $dependenciesRevived,
  r.dependenciesStale = coalesce(r.dependenciesStale, 0) + $dependenciesStale,
  r.dependenciesRemoved = coalesce(r.dependenciesRemoved, 0) + $dependenciesRemoved,
  r.dependenciesChanged = coalesce(r.dependenciesChanged, 0) + $dependenciesChanged
