// Records a run when it begins; of a run that is already known only a missing range is added.
// @param {String} run
// @param {String} workflowId
// @param {String} kind
// @param {String} source null where it is about all of them
// @param {DateTime} startedAt
// @param {DateTime} from null where no range was asked for
// @param {DateTime} to null where no range was asked for
// @access WRITE
// @moves nothing
MERGE (r:Run {id: $run})
ON CREATE SET
  r.workflowId = $workflowId,
  r.kind = $kind,
  r.source = $source,
  r.state = 'running',
  r.startedAt = $startedAt,
  r.from = $from,
  r.to = $to,
  r.windowsComplete = 0,
  r.windowsPartial = 0,
  r.windowsSuspicious = 0,
  r.windowsFailed = 0,
  r.valuesRead = 0,
  r.valuesDropped = 0,
  r.observations = 0,
  r.servicesCreated = 0,
  r.dependenciesCreated = 0,
  r.dependenciesRevived = 0,
  r.dependenciesStale = 0,
  r.dependenciesRemoved = 0,
  r.dependenciesChanged = 0
ON MATCH SET r.from = coalesce(r.from, $from), r.to = coalesce(r.to, $to)
