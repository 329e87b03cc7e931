// Forgets a source, when nothing of it is left.
// @param {String} source
// @param {String} prefix its id and `|`
// @returns isHeld whether something is left
// @access WRITE
// @moves evidence
OPTIONAL MATCH (s:Source {id: $source})
WITH
  s,
  EXISTS { MATCH ()-[o:OBSERVED]->() WHERE o.id STARTS WITH $prefix }
  OR EXISTS { MATCH (w:Window) WHERE w.id STARTS WITH $prefix }
  OR EXISTS { MATCH (p:Producer) WHERE p.id STARTS WITH $prefix } AS isHeld
FOREACH (one IN CASE WHEN isHeld OR s IS NULL THEN [] ELSE [s] END | DELETE one)
RETURN isHeld
