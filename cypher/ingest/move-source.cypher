// Moves a source's frontier and the time it was looked at, in the transaction that closes a window.
// @param {String} source
// @param {DateTime} frontier null where it was never read but late
// @param {List<Integer>} looked
// @param {DateTime} lastCompleteWindowEnd null where no window was complete yet
// @access WRITE
// @moves evidence
MERGE (s:Source {id: $source})
SET
  s.looked = $looked,
  s.lastCompleteWindowEnd = $lastCompleteWindowEnd,
  s.frontier = $frontier
