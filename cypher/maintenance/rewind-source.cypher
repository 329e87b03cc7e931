// Sets a source back to where an earlier window ended: what was read after it is read again.
// @param {String} source
// @param {DateTime} frontier
// @param {List<Integer>} looked what was looked at until then
// @param {DateTime} lastCompleteWindowEnd null where no window was complete until then
// @access WRITE
// @moves evidence
MATCH (s:Source {id: $source})
SET s.frontier = $frontier, s.looked = $looked, s.lastCompleteWindowEnd = $lastCompleteWindowEnd
