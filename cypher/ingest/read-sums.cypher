// What the counters came to at both ends of a window that is being closed, as its plan has it and as it
// was when the window was read before, and the same of the windows that touch it.
// @param {String} run
// @param {String} windowId
// @param {String} source
// @param {DateTime} start
// @param {DateTime} end
// @returns opening, closing, sumsId, earlierOpening, earlierClosing, earlierSumsId, lackedEnd, rereads, before, after
// `before` are windows that end at its start, `after` those that start at its end; both have sums of
// the same question. `lackedEnd`: it was read before, without samples near its end. Nothing
// is returned where the plan is gone, because the window was closed already.
// @access READ
MATCH (:Run {id: $run})-[p:PLANNED]->(w:Window {id: $windowId})
RETURN
  p.opening AS opening,
  p.closing AS closing,
  p.sumsId AS sumsId,
  w.opening AS earlierOpening,
  w.closing AS earlierClosing,
  w.sumsId AS earlierSumsId,
  'noSamplesNearEnd' IN coalesce(w.reasons, []) AS lackedEnd,
  coalesce(w.rereads, 0) AS rereads,
  COLLECT {
    MATCH (n:Window)
    USING INDEX n:Window(source, end)
    WHERE n.source = $source AND n.end = $start AND n.sumsId = p.sumsId AND n.outcome IS NOT NULL
    RETURN
      {
        id: n.id,
        startMillis: n.start.epochMillis,
        endMillis: n.end.epochMillis,
        outcome: n.outcome,
        rereads: coalesce(n.rereads, 0),
        closing: n.closing
      }
    LIMIT 8
  } AS before,
  COLLECT {
    MATCH (n:Window)
    USING INDEX n:Window(source, end)
    WHERE n.source = $source AND n.end > $end
    WITH n
    ORDER BY n.source, n.end
    LIMIT 8
    WITH n
    WHERE n.start = $end AND n.sumsId = p.sumsId AND n.outcome IS NOT NULL
    RETURN
      {
        id: n.id,
        startMillis: n.start.epochMillis,
        endMillis: n.end.epochMillis,
        outcome: n.outcome,
        rereads: coalesce(n.rereads, 0),
        opening: n.opening
      }
  } AS after
