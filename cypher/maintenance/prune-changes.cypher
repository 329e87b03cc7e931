// Forgets, of a page of changes by sequence, those up to the horizon that a later one of the same
// subject up to the horizon replaces, and those that say that it left. The others are needed to tell
// what was believed at the horizon, and since when.
// @param {DateTime} horizon
// @param {Integer} after sequence of the last change of the page before, or 0
// @param {Integer} limit
// @returns done, last
// `last` is the sequence of the last change of the page, null when there is no further page.
// @access WRITE
// @moves belief
MATCH (g:Graph {id: 'graph'})
MATCH (c:Change)
WHERE c.sequence > $after AND c.sequence <= g.prunedSequence
WITH c
ORDER BY c.sequence
LIMIT $limit
WITH collect(c) AS page, max(c.sequence) AS last
CALL (page) {
  UNWIND page AS c
  WITH c
  WHERE
    c.at <= $horizon
    AND (
      c.type IN ['dependency.removed', 'service.removed']
      OR EXISTS {
        MATCH (later:Change {subject: c.subject})
        WHERE later.sequence > c.sequence AND later.at <= $horizon
      }
    )
  DELETE c
  RETURN count(*) AS done
}
RETURN done, last
