// Creates services that were not known.
// @param {List<Map>} rows id, environment, cluster, namespace, name, kind, virtual, firstSeenAt: DateTime
// @access WRITE
// @moves belief
UNWIND $rows AS row
CREATE (:Service {
  id: row.id,
  environment: row.environment,
  cluster: row.cluster,
  namespace: row.namespace,
  name: row.name,
  kind: row.kind,
  virtual: row.virtual,
  firstSeenAt: row.firstSeenAt,
  from: row.firstSeenAt
})
