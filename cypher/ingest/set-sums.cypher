// Keeps what the counters came to at both ends of a window that was read, and when it is read again by
// itself.
// @param {String} windowId
// @param {Float} opening null where it is not known
// @param {Float} closing null where it is not known
// @param {String} sumsId what is asked alike has the same; null where the sums are not known
// @param {DateTime} rereadAt null where it is not read again
// @access WRITE
// @moves evidence
MATCH (w:Window {id: $windowId})
SET
  w.opening = $opening,
  w.closing = $closing,
  w.sumsId = $sumsId,
  w.lateSamples = null,
  w.rereadAt = $rereadAt
