// The changes of some dependencies, in order; nothing from before one of their ends was deleted for good.
// @param {List<String>} ids
// @returns id, changes
// @access READ
UNWIND $ids AS id
MATCH (c:Change {subject: id})
WITH id, c
ORDER BY c.sequence
WITH id, collect(c) AS all, head(collect(c)) AS one
CALL (one) {
  OPTIONAL MATCH (purge:Change)
  WHERE purge.subject IN [one.client, one.server] AND purge.purged
  RETURN coalesce(max(purge.sequence), 0) AS purged
}
RETURN
  id,
  [
    c IN all WHERE c.sequence > purged |
    c {
      .type,
      .sequence,
      .state,
      .modes,
      .criticality,
      .confidence,
      .conflicts,
      at: c.at.epochMillis
    }
  ] AS changes
