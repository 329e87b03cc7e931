// Keeps what services were, before they become something else.
// @param {List<Map>} rows id, pastId, to: DateTime
// @access WRITE
// @moves belief
UNWIND $rows AS row
MATCH (s:Service {id: row.id})
CREATE (s)-[:WAS {
  id: row.pastId,
  kind: s.kind,
  virtual: s.virtual,
  team: s.team,
  criticality: s.criticality,
  from: coalesce(s.from, s.firstSeenAt),
  to: row.to
}]->(s)
