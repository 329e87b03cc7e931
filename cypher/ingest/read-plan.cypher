// The plan that a run made of a window, and what it was made from, while the window is read.
// @param {String} run
// @param {String} windowId
// @returns shards, dialect, dialectVariant, aliasVersion, rejected, series, nearStart, nearEnd, producers, missingProducers, unmarkedProducers, presenceWarnings, otherWarnings
// @access READ
MATCH (:Run {id: $run})-[p:PLANNED]->(:Window {id: $windowId})
RETURN
  p.shards AS shards,
  p.dialect AS dialect,
  p.dialectVariant AS dialectVariant,
  p.aliasVersion AS aliasVersion,
  p.rejected AS rejected,
  p.series AS series,
  p.nearStart AS nearStart,
  p.nearEnd AS nearEnd,
  coalesce(p.producers, 0) AS producers,
  coalesce(p.missingProducers, 0) AS missingProducers,
  coalesce(p.unmarkedProducers, 0) AS unmarkedProducers,
  p.presenceWarnings AS presenceWarnings,
  p.otherWarnings AS otherWarnings
