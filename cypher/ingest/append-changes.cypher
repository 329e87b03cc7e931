// Appends changes to the changelog. Of each the whole of what is believed after it: of a dependency
// client to conflicts, of a service environment to team, and its criticality.
// @param {String} context
// @param {String} run null where no run made them
// @param {String} source null where it was no source
// @param {DateTime} windowEnd null where it was no window
// @param {List<Map>} rows sequence: Integer, at: DateTime, type, subject, client, server, clientEnvironment, serverEnvironment, state, modes, criticality, confidence, conflicts, environment, cluster, namespace, name, kind, virtual, team, purged
// @access WRITE
// @moves belief
UNWIND $rows AS row
CREATE (:Change {
  sequence: row.sequence,
  at: row.at,
  recordedAt: datetime(),
  type: row.type,
  context: $context,
  subject: row.subject,
  run: $run,
  source: $source,
  windowEnd: $windowEnd,
  client: row.client,
  server: row.server,
  clientEnvironment: row.clientEnvironment,
  serverEnvironment: row.serverEnvironment,
  state: row.state,
  modes: row.modes,
  criticality: row.criticality,
  confidence: row.confidence,
  conflicts: row.conflicts,
  environment: row.environment,
  cluster: row.cluster,
  namespace: row.namespace,
  name: row.name,
  kind: row.kind,
  virtual: row.virtual,
  team: row.team,
  purged: row.purged
})
