// Records how reading a window ended, and says whether this run had recorded it before.
// @param {String} windowId
// @param {String} outcome complete, partial, suspicious or failed
// @param {String} error one sentence, or null
// @param {String} dialect in which the source was read, or null
// @param {String} dialectVariant or null
// @param {Integer} series
// @param {Integer} cannotTell
// @param {Integer} valuesRead
// @param {Integer} valuesDropped
// @param {Integer} observations
// @param {Integer} selfCalls
// @param {List<String>} warnings
// @param {Integer} unanswered
// @param {Float} readSeconds
// @param {Float} writeSeconds
// @returns repeated, servicesCreated, dependenciesCreated
// @access WRITE
MATCH (w:Window {id: $windowId})
WITH w, w.outcome IS NOT NULL AS repeated
SET
  w.outcome = $outcome,
  w.error = $error,
  w.dialect = $dialect,
  w.dialectVariant = $dialectVariant,
  w.series = $series,
  w.cannotTell = $cannotTell,
  w.valuesRead = $valuesRead,
  w.valuesDropped = $valuesDropped,
  w.observations = $observations,
  w.selfCalls = $selfCalls,
  w.warnings = $warnings,
  w.unanswered = $unanswered,
  w.readSeconds = $readSeconds,
  w.writeSeconds = $writeSeconds,
  w.recordedAt = datetime()
RETURN
  repeated,
  w.servicesCreated AS servicesCreated,
  w.dependenciesCreated AS dependenciesCreated
