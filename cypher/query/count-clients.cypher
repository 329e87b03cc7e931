// How many dependencies on a service there are now, and how many on all together; both are kept by the
// database, so nothing is walked.
// @param {String} id of the service
// @returns clients, all
// @access READ
MATCH (s:Service {id: $id})
CALL () {
  MATCH ()-[d:DEPENDS_ON]->()
  RETURN count(d) AS all
}
RETURN COUNT { (s)<-[:DEPENDS_ON]-() } AS clients, all
