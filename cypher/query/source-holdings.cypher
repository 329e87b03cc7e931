// What a source holds in the graph: its evidence, the dependencies that nothing else speaks for, and
// its windows. Ids of evidence and windows begin with the source's and `|`.
// @param {String} prefix
// @returns evidence, onlyItsDependencies, windows
// @access READ
CALL () {
  MATCH (client)-[o:OBSERVED]->(server)
  USING INDEX o:OBSERVED(id)
  WHERE o.id STARTS WITH $prefix
  WITH client, server, count(*) AS ofPair
  RETURN
    sum(ofPair) AS evidence,
    sum(
      CASE
        WHEN EXISTS {
          MATCH (client)-[other:OBSERVED]->(server)
          WHERE NOT other.id STARTS WITH $prefix
        } THEN 0
        ELSE 1
      END
    ) AS onlyItsDependencies
}
CALL () {
  MATCH (w:Window)
  WHERE w.id STARTS WITH $prefix
  RETURN count(*) AS windows
}
RETURN evidence, onlyItsDependencies, windows
