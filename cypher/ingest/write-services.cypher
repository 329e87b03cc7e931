// Writes the services of a batch; the strongest kind ever seen stands.
// @param {List<Map>} services id, environment, cluster, namespace, name, kind, strength, virtual
// @param {DateTime} seenAt end of the window that shows them
// @returns created
// @access WRITE
UNWIND $services AS row
MERGE (s:Service {id: row.id})
ON CREATE SET
  s.environment = row.environment,
  s.cluster = row.cluster,
  s.namespace = row.namespace,
  s.name = row.name,
  s.kind = row.kind,
  s.kindStrength = toInteger(row.strength),
  s.virtual = row.virtual
WITH s, row, s.firstSeenAt AS firstSeenAt, s.kindStrength AS strength
SET
  s.firstSeenAt = CASE WHEN firstSeenAt <= $seenAt THEN firstSeenAt ELSE $seenAt END,
  s.kind = CASE WHEN row.strength > strength THEN row.kind ELSE s.kind END,
  s.virtual = CASE WHEN row.strength > strength THEN row.virtual ELSE s.virtual END,
  s.kindStrength = CASE WHEN row.strength > strength THEN toInteger(row.strength) ELSE strength END
RETURN count(CASE WHEN firstSeenAt IS NULL THEN 1 END) AS created
