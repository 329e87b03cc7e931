// A page of the windows that were read, the newest first.
// @param {String} source null for all
// @param {String} outcome null for any
// @param {DateTime} since least end
// @param {DateTime} until greatest end
// @param {DateTime} beforeEnd end of the last window of the page before, or the far future
// @param {String} beforeId its id, or an empty string
// @param {Integer} limit
// @returns id, source, startMillis, endMillis, outcome, reasons, error, warnings, dialect, dialectVariant, series, nearStart, nearEnd, producers, missingProducers, cannotTell, brokenSeries, shards, shardsLost, splits, valuesRead, valuesDropped, droppedReasons, droppedCounts, observations, selfCalls, notes, noteCounts, presenceWarnings, otherWarnings, unanswered, servicesCreated, dependenciesCreated, dependenciesRevived, dependenciesRemoved, dependenciesChanged, planSeconds, readSeconds, writeSeconds, recordedAtMillis, rereads, lateSamples
// @access READ
MATCH (w:Window)
USING INDEX w:Window(end)
WHERE
  w.end >= $since
  AND w.end <= $until
  AND w.end <= $beforeEnd
  AND (w.end < $beforeEnd OR w.id < $beforeId)
  AND ($source IS NULL OR w.source = $source)
  AND w.outcome IS NOT NULL
  AND ($outcome IS NULL OR w.outcome = $outcome)
WITH w
ORDER BY w.end DESC, w.id DESC
LIMIT $limit
RETURN
  w.id AS id,
  w.source AS source,
  w.start.epochMillis AS startMillis,
  w.end.epochMillis AS endMillis,
  w.outcome AS outcome,
  coalesce(w.reasons, []) AS reasons,
  w.error AS error,
  coalesce(w.warnings, []) AS warnings,
  w.dialect AS dialect,
  w.dialectVariant AS dialectVariant,
  w.series AS series,
  coalesce(w.nearStart, 0) AS nearStart,
  coalesce(w.nearEnd, 0) AS nearEnd,
  coalesce(w.producers, 0) AS producers,
  coalesce(w.missingProducers, []) AS missingProducers,
  w.cannotTell AS cannotTell,
  w.brokenSeries AS brokenSeries,
  coalesce(w.shards, 1) AS shards,
  coalesce(w.shardsLost, 0) AS shardsLost,
  coalesce(w.splits, 0) AS splits,
  w.valuesRead AS valuesRead,
  w.valuesDropped AS valuesDropped,
  coalesce(w.droppedReasons, []) AS droppedReasons,
  coalesce(w.droppedCounts, []) AS droppedCounts,
  w.observations AS observations,
  w.selfCalls AS selfCalls,
  coalesce(w.notes, []) AS notes,
  coalesce(w.noteCounts, []) AS noteCounts,
  coalesce(w.presenceWarnings, 0) AS presenceWarnings,
  coalesce(w.otherWarnings, 0) AS otherWarnings,
  w.unanswered AS unanswered,
  w.servicesCreated AS servicesCreated,
  w.dependenciesCreated AS dependenciesCreated,
  coalesce(w.dependenciesRevived, 0) AS dependenciesRevived,
  coalesce(w.dependenciesRemoved, 0) AS dependenciesRemoved,
  coalesce(w.dependenciesChanged, 0) AS dependenciesChanged,
  coalesce(w.planSeconds, 0.0) AS planSeconds,
  w.readSeconds AS readSeconds,
  w.writeSeconds AS writeSeconds,
  w.recordedAt.epochMillis AS recordedAtMillis,
  coalesce(w.rereads, 0) AS rereads,
  coalesce(w.lateSamples, false) AS lateSamples
