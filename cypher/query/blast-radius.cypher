// Who is hit when a service fails, along links of some severities, and over how many of them.
// @param {String} id of the service
// @param {List<String>} severities
// @param {Integer} depth most hops, up to 10
// @param {Integer} limit
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns id, hops
// @access READ
MATCH p = (:Service {id: $id})-[links:IMPACTS*1..10]->(hit:Service)
WHERE
  all(
    link IN links
    WHERE
      link.severity IN $severities
      AND ($environments IS NULL OR endNode(link).environment IN $environments)
      AND ($teams IS NULL OR endNode(link).team IN $teams)
  )
WITH hit, min(length(p)) AS hops
WHERE hops <= $depth AND hit.id <> $id
RETURN hit.id AS id, hops
ORDER BY hops, id
LIMIT $limit
