// Records a configured source, so that answers name it before its first window.
// @param {String} source
// @param {String} dialect
// @param {Integer} intervalSeconds
// @access WRITE
// @moves evidence
MERGE (s:Source {id: $source})
ON CREATE SET s.looked = []
SET s.dialect = $dialect, s.intervalSeconds = $intervalSeconds
