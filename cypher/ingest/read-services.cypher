// What is known of some services.
// @param {List<String>} ids
// @returns id, kind, firstSeenAt
// @access READ
UNWIND $ids AS id
MATCH (s:Service {id: id})
RETURN id, s.kind AS kind, s.firstSeenAt.epochMillis AS firstSeenAt
