// How many are hit how hard when a service fails, and a page of them: the hardest hit first, then those
// over the fewest links, then by id.
// @param {String} id of the service
// @param {List<String>} severities the gravest first
// @param {Integer} depth most hops, up to 10
// @param {Integer} afterRank of the last hit of the page before, or 0
// @param {String} afterId its id, or an empty string
// @param {Integer} limit
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns counts, page
// `counts` has a number for each severity. The rank of a hit is 100 times the place of its severity, that
// of the weakest link of its strongest path, and the links of the shortest such path.
// @access READ
UNWIND range(0, size($severities) - 1) AS weakest
CALL (weakest) {
  MATCH p = (:Service {id: $id})-[links:IMPACTS*1..10]->(hit:Service)
  WHERE
    all(
      link IN links
      WHERE
        link.severity IN $severities[..weakest + 1]
        AND ($environments IS NULL OR endNode(link).environment IN $environments)
        AND ($teams IS NULL OR endNode(link).team IN $teams)
    )
  WITH hit, min(length(p)) AS hops
  WHERE hops <= $depth AND hit.id <> $id
  RETURN hit, hops
}
WITH hit, min(weakest * 100 + hops) AS rank
WITH hit.id AS id, rank
ORDER BY rank, id
WITH collect({id: id, rank: rank}) AS reached
RETURN
  [
    place IN range(0, size($severities) - 1) |
    size([one IN reached WHERE one.rank / 100 = place])
  ] AS counts,
  [
    one IN reached
    WHERE one.rank > $afterRank OR (one.rank = $afterRank AND one.id > $afterId)
  ][..$limit] AS page
