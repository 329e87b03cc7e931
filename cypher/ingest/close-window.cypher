// Records how reading a window ended. All that a (:Window) says, besides id, source, start and end:
// how it ended (outcome, reasons, error, warnings), what there was to read (dialect, dialectVariant,
// series, nearStart, nearEnd, cannotTell, brokenSeries), how it was cut (shards, shardsLost, splits),
// what became of the values (valuesRead, valuesDropped, and by reason droppedReasons beside
// droppedCounts, observations, selfCalls, and what is odd about them: notes beside noteCounts), what was not answered whole (unanswered,
// presenceWarnings, otherWarnings), what it created (servicesCreated, dependenciesCreated), how
// long it took, summed over its shards (planSeconds, readSeconds, writeSeconds), and recordedAt.
// @param {String} windowId
// @param {String} source
// @param {DateTime} start
// @param {DateTime} end
// @param {String} outcome complete, partial, suspicious or failed
// @param {List<String>} reasons why it is not complete: planRejected, shardLost, warnings, producerMissing, noSamplesNearStart, noSamplesNearEnd, fewSeries, overflow
// @param {String} dialect in which the source was read, or null
// @param {String} dialectVariant or null
// @param {Integer} series
// @param {Integer} nearStart
// @param {Integer} nearEnd
// @param {Integer} cannotTell
// @param {Integer} brokenSeries
// @param {Integer} shards
// @param {Integer} shardsLost
// @param {Integer} splits
// @param {Integer} valuesRead
// @param {Integer} valuesDropped
// @param {List<String>} droppedReasons
// @param {List<Integer>} droppedCounts
// @param {Integer} observations
// @param {Integer} selfCalls
// @param {List<String>} notes
// @param {List<Integer>} noteCounts
// @param {Integer} presenceWarnings
// @param {Integer} otherWarnings
// @param {Integer} unanswered
// @param {Float} planSeconds
// @param {Float} readSeconds
// @param {Float} writeSeconds
// @returns servicesCreated, dependenciesCreated, error, warnings
// @access WRITE
// @moves evidence
MERGE (w:Window {id: $windowId})
ON CREATE SET w.source = $source, w.start = $start, w.end = $end
SET
  w.outcome = $outcome,
  w.reasons = $reasons,
  w.dialect = $dialect,
  w.dialectVariant = $dialectVariant,
  w.series = $series,
  w.nearStart = $nearStart,
  w.nearEnd = $nearEnd,
  w.cannotTell = $cannotTell,
  w.brokenSeries = $brokenSeries,
  w.shards = $shards,
  w.shardsLost = $shardsLost,
  w.splits = $splits,
  w.valuesRead = $valuesRead,
  w.valuesDropped = $valuesDropped,
  w.droppedReasons = $droppedReasons,
  w.droppedCounts = $droppedCounts,
  w.observations = $observations,
  w.selfCalls = $selfCalls,
  w.notes = $notes,
  w.noteCounts = $noteCounts,
  w.presenceWarnings = $presenceWarnings,
  w.otherWarnings = $otherWarnings,
  w.unanswered = $unanswered,
  w.planSeconds = $planSeconds,
  w.readSeconds = $readSeconds,
  w.writeSeconds = $writeSeconds,
  w.servicesCreated = coalesce(w.servicesCreated, 0),
  w.dependenciesCreated = coalesce(w.dependenciesCreated, 0),
  w.recordedAt = datetime()
RETURN
  w.servicesCreated AS servicesCreated,
  w.dependenciesCreated AS dependenciesCreated,
  w.error AS error,
  coalesce(w.warnings, []) AS warnings
