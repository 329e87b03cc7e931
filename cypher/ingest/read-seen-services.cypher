// Of some services that are there what a sighting may change.
// @param {List<String>} ids
// @returns id, kind, firstSeenAt, removedAt
// @access READ
UNWIND $ids AS id
MATCH (s:Service {id: id})
RETURN
  id,
  s.kind AS kind,
  s.firstSeenAt.epochMillis AS firstSeenAt,
  s.removedAt.epochMillis AS removedAt
