// What the graph has of one service, or of all of an environment.
// @param {String} id of the service, or null
// @param {String} environment or null
// @returns ids, evidence, dependencies
// @access READ
MATCH (s:Service)
WHERE s.id = $id OR s.environment = $environment
WITH collect(s) AS services
CALL (services) {
  UNWIND services AS s
  MATCH (s)-[o:OBSERVED]-()
  RETURN count(DISTINCT o) AS evidence
}
CALL (services) {
  UNWIND services AS s
  MATCH (s)-[d:DEPENDS_ON]-()
  RETURN count(DISTINCT d) AS dependencies
}
RETURN [s IN services | s.id] AS ids, evidence, dependencies
