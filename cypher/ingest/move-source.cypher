// Moves a source's frontier and the time it was looked at, in the transaction that closes a window.
// @param {String} source
// @param {DateTime} frontier null leaves the frontier where it is
// @param {List<Integer>} looked
// @param {DateTime} lastCompleteWindowEnd null where no window was complete yet
// @access WRITE
MERGE (s:Source {id: $source})
SET
  s.looked = $looked,
  s.lastCompleteWindowEnd = $lastCompleteWindowEnd,
  s.frontier =
    CASE
      WHEN $frontier IS NULL THEN s.frontier
      WHEN s.frontier >= $frontier THEN s.frontier
      ELSE $frontier
    END
