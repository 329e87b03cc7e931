// What was believed of one dependency, the latest first; what is believed now is the first of it.
// @param {String} client
// @param {String} server
// @param {Integer} limit
// @returns state, modes, criticality, confidence, conflicts, fromMillis, toMillis
// `toMillis` is null of what is believed now.
// @access READ
MATCH (:Service {id: $client})-[d:DEPENDS_ON|DEPENDED_ON]->(:Service {id: $server})
WITH d
ORDER BY d.from DESC
LIMIT $limit
RETURN
  d.state AS state,
  d.modes AS modes,
  d.criticality AS criticality,
  d.confidence AS confidence,
  d.conflicts AS conflicts,
  d.from.epochMillis AS fromMillis,
  CASE type(d) WHEN 'DEPENDED_ON' THEN d.to.epochMillis END AS toMillis
ORDER BY fromMillis DESC
