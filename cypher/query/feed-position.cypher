// Where the changelog ends, and up to which change some of it may be forgotten.
// @returns sequence, prunedSequence
// @access READ
MATCH (g:Graph {id: 'graph'})
RETURN g.sequence AS sequence, coalesce(g.prunedSequence, 0) AS prunedSequence
