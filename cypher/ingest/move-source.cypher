// Moves a source's frontier, the time it was looked at and how long its windows settle, in the transaction that closes a window.
// @param {String} source
// @param {DateTime} frontier null where it was never read but late
// @param {List<Integer>} looked
// @param {DateTime} lastCompleteWindowEnd null where no window was complete yet
// @param {Integer} settleMillis null where it is as configured
// @param {DateTime} settleChangedAt null where it never changed
// @access WRITE
// @moves evidence
MERGE (s:Source {id: $source})
SET
  s.looked = $looked,
  s.lastCompleteWindowEnd = $lastCompleteWindowEnd,
  s.frontier = $frontier,
  s.settleMillis = $settleMillis,
  s.settleChangedAt = $settleChangedAt
