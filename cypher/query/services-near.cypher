// Services whose names lie beside some words in the order of names, for who has mistyped one.
// Names that begin alike lie together there, so what was meant is nearly always among the next ones.
// @param {List<String>} words
// @param {DateTime} at null for the present
// @param {Integer} limit names on either side of each word
// @param {List<String>} environments the only ones that are seen, or null for all
// @param {List<String>} teams the only ones whose services are seen, or null for all
// @returns id, name
// @access READ
UNWIND $words AS word
CALL (word) {
  CALL (word) {
    MATCH (s:Service)
    USING INDEX s:Service(name)
    WHERE
      s.name >= word
      AND (s.removedAt IS NULL OR s.removedAt > $at)
      AND ($at IS NULL OR s.firstSeenAt <= $at)
      AND ($environments IS NULL OR s.environment IN $environments)
      AND ($teams IS NULL OR s.team IN $teams)
    RETURN s
    ORDER BY s.name
    LIMIT $limit
  }
  RETURN s
UNION
  CALL (word) {
    MATCH (s:Service)
    USING INDEX s:Service(name)
    WHERE
      s.name < word
      AND (s.removedAt IS NULL OR s.removedAt > $at)
      AND ($at IS NULL OR s.firstSeenAt <= $at)
      AND ($environments IS NULL OR s.environment IN $environments)
      AND ($teams IS NULL OR s.team IN $teams)
    RETURN s
    ORDER BY s.name DESC
    LIMIT $limit
  }
  RETURN s
}
RETURN DISTINCT s.id AS id, s.name AS name
