// Keeps what the counters came to at both ends of a window that was read, and when it is read again by
// itself; marks the windows beside it that samples came for after they were read.
// @param {String} windowId
// @param {Float} opening null where it is not known
// @param {Float} closing null where it is not known
// @param {String} sumsId what is asked alike has the same; null where the sums are not known
// @param {DateTime} rereadAt null where it is not read again
// @param {List<Map>} late id, rereadAt: DateTime
// @access WRITE
// @moves evidence
MATCH (w:Window {id: $windowId})
SET
  w.opening = $opening,
  w.closing = $closing,
  w.sumsId = $sumsId,
  w.lateSamples = null,
  w.rereadAt = $rereadAt
WITH w
UNWIND $late AS row
MATCH (n:Window {id: row.id})
SET n.lateSamples = true, n.rereadAt = row.rereadAt
