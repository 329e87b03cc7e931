// One run.
// @param {String} run
// @returns id, workflowId, kind, source, state, error, startedAtMillis, finishedAtMillis, failingSinceMillis, fromMillis, toMillis, windowsComplete, windowsPartial, windowsSuspicious, windowsFailed, valuesRead, valuesDropped, observations, servicesCreated, dependenciesCreated, dependenciesRevived, dependenciesStale, dependenciesRemoved, dependenciesChanged
// @access READ
MATCH (r:Run {id: $run})
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
