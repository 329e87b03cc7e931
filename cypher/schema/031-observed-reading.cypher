// Says of some of the evidence from before readings were told apart how it was read: as the newest
// window of its source that knows. Evidence that a worker of the old version wrote after that, beside
// the one that says it, widens that one and goes. Repeated until nothing is left. Of what ids write
// otherwise than it is, a variant of that time has `:` alone.
// @returns done
// @access WRITE
// @moves evidence
MATCH (client)-[o:OBSERVED]->(server)
WHERE o.dialect IS NULL
WITH o.source AS source, o
LIMIT 5000
WITH source, collect(o) AS all
CALL (source) {
  OPTIONAL MATCH (w:Window)
  WHERE w.source = source AND w.end > datetime({epochMillis: 0}) AND w.dialect IS NOT NULL
  WITH w
  ORDER BY w.end DESC
  LIMIT 1
  RETURN coalesce(w.dialect, 'tempo') AS dialect, w.dialectVariant AS variant
}
UNWIND all AS o
WITH
  o,
  dialect,
  variant,
  source + '|' + dialect + coalesce('/' + replace(variant, ':', '~3A'), '') + substring(o.id, size(source)) AS id
OPTIONAL MATCH ()-[known:OBSERVED {id: id}]->()
WITH collect([o, known, dialect, variant, id]) AS rows
FOREACH (row IN [row IN rows WHERE row[1] IS NULL] |
  FOREACH (o IN [row[0]] |
    SET o.dialect = row[2], o.variant = row[3], o.id = row[4]
  )
)
FOREACH (row IN [row IN rows WHERE row[1] IS NOT NULL] |
  FOREACH (o IN [row[0]] |
    FOREACH (known IN [row[1]] |
      SET
        known.firstSeenAt =
          CASE
            WHEN o.firstSeenAt < known.firstSeenAt THEN o.firstSeenAt
            ELSE known.firstSeenAt
          END,
        known.lastSeenAt =
          CASE WHEN o.lastSeenAt > known.lastSeenAt THEN o.lastSeenAt ELSE known.lastSeenAt END,
        known.lastTrafficAt =
          CASE
            WHEN known.lastTrafficAt IS NULL OR o.lastTrafficAt > known.lastTrafficAt
              THEN o.lastTrafficAt
            ELSE known.lastTrafficAt
          END,
        known.staleAt =
          CASE WHEN o.staleAt > known.staleAt THEN o.staleAt WHEN o.staleAt IS NOT NULL THEN known.staleAt END,
        known.removedAt =
          CASE WHEN o.removedAt > known.removedAt THEN o.removedAt WHEN o.removedAt IS NOT NULL THEN known.removedAt END
    )
    DELETE o
  )
)
RETURN size(rows) AS done
