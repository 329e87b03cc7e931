// Records a configured source, so that answers name it before its first window.
// @param {String} source
// @param {String} dialect
// @param {String} callGroup what the sources that see the same calls share; its own id where there is none
// @param {Integer} intervalSeconds
// @param {Integer} settleMillis how long its windows settle, as configured
// @access WRITE
// @moves evidence
MERGE (s:Source {id: $source})
ON CREATE SET s.looked = []
SET
  s.dialect = $dialect,
  s.intervalSeconds = $intervalSeconds,
  s.configuredSettleMillis = $settleMillis,
  s.callGroup = $callGroup
