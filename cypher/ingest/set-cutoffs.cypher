// Writes before which sightings of a source count no more.
// @param {String} source
// @param {DateTime} staleCutoff or null
// @param {DateTime} removeCutoff or null
// @param {DateTime} passAt the `now` of the pass
// @access WRITE
// @moves nothing
MATCH (s:Source {id: $source})
SET
  s.staleCutoff = $staleCutoff,
  s.removeCutoff = $removeCutoff,
  s.stalePassAt = $passAt
