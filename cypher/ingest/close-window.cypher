// Records how reading a window ended.
// @param {String} windowId
// @param {String} source
// @param {DateTime} start
// @param {DateTime} end
// @param {String} outcome complete, partial, suspicious or failed
// @param {String} error one sentence, or null
// @param {String} dialect in which the source was read, or null
// @param {String} dialectVariant or null
// @param {Integer} series
// @param {Integer} cannotTell
// @param {Integer} brokenSeries
// @param {Integer} valuesRead
// @param {Integer} valuesDropped
// @param {Integer} observations
// @param {Integer} selfCalls
// @param {List<String>} notes what was odd about observations
// @param {List<Integer>} noteCounts of how many, in the same order
// @param {List<String>} warnings
// @param {Integer} unanswered
// @param {Float} readSeconds
// @param {Float} writeSeconds
// @returns servicesCreated, dependenciesCreated
// @access WRITE
MERGE (w:Window {id: $windowId})
ON CREATE SET
  w.source = $source,
  w.start = $start,
  w.end = $end,
  w.servicesCreated = 0,
  w.dependenciesCreated = 0
SET
  w.outcome = $outcome,
  w.error = $error,
  w.dialect = $dialect,
  w.dialectVariant = $dialectVariant,
  w.series = $series,
  w.cannotTell = $cannotTell,
  w.brokenSeries = $brokenSeries,
  w.valuesRead = $valuesRead,
  w.valuesDropped = $valuesDropped,
  w.observations = $observations,
  w.selfCalls = $selfCalls,
  w.notes = $notes,
  w.noteCounts = $noteCounts,
  w.warnings = $warnings,
  w.unanswered = $unanswered,
  w.readSeconds = $readSeconds,
  w.writeSeconds = $writeSeconds,
  w.recordedAt = datetime()
RETURN w.servicesCreated AS servicesCreated, w.dependenciesCreated AS dependenciesCreated
