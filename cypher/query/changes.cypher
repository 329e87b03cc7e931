// A stretch of the changelog, in its order.
// @param {Integer} after
// @param {Integer} upTo
// @param {DateTime} since
// @param {DateTime} until
// @param {List<String>} types null for all
// @param {String} service id of a service that is the subject or one of its ends, or null
// @param {String} environment of the service or of one of the ends, or null
// @param {Integer} limit
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns sequence, atMillis, recordedAtMillis, type, context, subject, run, source, windowEndMillis, client, server, state, modes, criticality, confidence, conflicts, environment, cluster, namespace, name, kind, virtual
// @access READ
MATCH (c:Change)
USING INDEX SEEK c:Change(sequence)
WHERE
  c.sequence > $after
  AND c.sequence <= $upTo
  AND c.at >= $since
  AND c.at < $until
  AND ($types IS NULL OR c.type IN $types)
  AND ($service IS NULL OR $service IN [c.client, c.server, c.subject])
  AND (
    $environment IS NULL
    OR $environment IN [c.environment, c.clientEnvironment, c.serverEnvironment]
  )
  AND (
    $environments IS NULL
    OR c.environment IN $environments
    OR (c.clientEnvironment IN $environments AND c.serverEnvironment IN $environments)
  )
  AND (
    $teams IS NULL
    OR all(
      end IN CASE WHEN c.client IS NULL THEN [c.subject] ELSE [c.client, c.server] END
      WHERE EXISTS { MATCH (s:Service {id: end}) WHERE s.team IN $teams }
    )
  )
WITH c
ORDER BY c.sequence
LIMIT $limit
RETURN
  c.sequence AS sequence,
  c.at.epochMillis AS atMillis,
  c.recordedAt.epochMillis AS recordedAtMillis,
  c.type AS type,
  c.context AS context,
  c.subject AS subject,
  c.run AS run,
  c.source AS source,
  c.windowEnd.epochMillis AS windowEndMillis,
  c.client AS client,
  c.server AS server,
  c.state AS state,
  c.modes AS modes,
  c.criticality AS criticality,
  c.confidence AS confidence,
  c.conflicts AS conflicts,
  c.environment AS environment,
  c.cluster AS cluster,
  c.namespace AS namespace,
  c.name AS name,
  c.kind AS kind,
  c.virtual AS virtual
ORDER BY sequence
