// The plan that a run made of a window, while the window is read.
// @param {String} run
// @param {String} windowId
// @returns shards, dialect, dialectVariant, aliasVersion
// @access READ
MATCH (:Run {id: $run})-[p:PLANNED]->(:Window {id: $windowId})
RETURN
  p.shards AS shards,
  p.dialect AS dialect,
  p.dialectVariant AS dialectVariant,
  coalesce(p.aliasVersion, 0) AS aliasVersion
