// Who is hit when a service fails, along links of some severities, and over how many of them.
// @param {String} id of the service
// @param {List<String>} severities
// @param {Integer} depth most hops, up to 10
// @param {Integer} limit
// @returns id, hops
// @access READ
MATCH p = (:Service {id: $id})-[links:IMPACTS*1..10]->(hit:Service)
WHERE all(link IN links WHERE link.severity IN $severities)
WITH hit, min(length(p)) AS hops
WHERE hops <= $depth AND hit.id <> $id
RETURN hit.id AS id, hops
ORDER BY hops, id
LIMIT $limit
