// A page of the runs, the newest first.
// @param {List<String>} kinds null for all
// @param {List<String>} states null for all
// @param {String} source null for all
// @param {DateTime} beforeStart start of the last run of the page before, or the far future
// @param {String} beforeId its id, or an empty string
// @param {Integer} limit
// @returns id, workflowId, kind, source, state, error, startedAtMillis, finishedAtMillis, failingSinceMillis, fromMillis, toMillis, windowsComplete, windowsPartial, windowsSuspicious, windowsFailed, valuesRead, valuesDropped, observations, servicesCreated, dependenciesCreated, dependenciesRevived, dependenciesStale, dependenciesRemoved, dependenciesChanged
// @access READ
MATCH (r:Run)
USING INDEX r:Run(startedAt)
WHERE
  r.startedAt <= $beforeStart
  AND (r.startedAt < $beforeStart OR r.id < $beforeId)
  AND ($kinds IS NULL OR r.kind IN $kinds)
  AND (
    $states IS NULL
    OR CASE WHEN r.state = 'running' AND r.failingSince IS NOT NULL THEN 'failing' ELSE r.state END
      IN $states
  )
  AND ($source IS NULL OR r.source = $source)
WITH r
ORDER BY r.startedAt DESC, r.id DESC
LIMIT $limit
RETURN
  r.id AS id,
  r.workflowId AS workflowId,
  r.kind AS kind,
  r.source AS source,
  CASE WHEN r.state = 'running' AND r.failingSince IS NOT NULL THEN 'failing' ELSE r.state END AS state,
  r.error AS error,
  r.startedAt.epochMillis AS startedAtMillis,
  r.finishedAt.epochMillis AS finishedAtMillis,
  CASE WHEN r.state = 'running' THEN r.failingSince.epochMillis END AS failingSinceMillis,
  r.from.epochMillis AS fromMillis,
  r.to.epochMillis AS toMillis,
  r.windowsComplete AS windowsComplete,
  r.windowsPartial AS windowsPartial,
  r.windowsSuspicious AS windowsSuspicious,
  r.windowsFailed AS windowsFailed,
  r.valuesRead AS valuesRead,
  r.valuesDropped AS valuesDropped,
  r.observations AS observations,
  r.servicesCreated AS servicesCreated,
  r.dependenciesCreated AS dependenciesCreated,
  coalesce(r.dependenciesRevived, 0) AS dependenciesRevived,
  coalesce(r.dependenciesStale, 0) AS dependenciesStale,
  coalesce(r.dependenciesRemoved, 0) AS dependenciesRemoved,
  coalesce(r.dependenciesChanged, 0) AS dependenciesChanged
ORDER BY startedAtMillis DESC, id DESC
