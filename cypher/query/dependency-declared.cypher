// What people and catalogues say of one dependency.
// @param {String} client
// @param {String} server
// @returns origin, modes, criticality, protocol, timeoutMs, declaredAtMillis, declaredBy
// @access READ
MATCH (:Service {id: $client})-[d:DECLARED]->(:Service {id: $server})
RETURN
  d.origin AS origin,
  d.modes AS modes,
  d.criticality AS criticality,
  d.protocol AS protocol,
  d.timeoutMs AS timeoutMs,
  d.declaredAt.epochMillis AS declaredAtMillis,
  d.declaredBy AS declaredBy
ORDER BY origin
