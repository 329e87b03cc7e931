// Takes the write lane: locks the (:Graph) node until the transaction ends.
// @returns sequence, aliasVersion
// @access WRITE
// @moves nothing
MATCH (g:Graph {id: 'graph'})
SET g.lockedAt = datetime()
RETURN g.sequence AS sequence, coalesce(g.aliasVersion, 0) AS aliasVersion
