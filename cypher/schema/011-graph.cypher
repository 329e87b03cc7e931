// Creates the (:Graph) node that the write lane locks.
// @access WRITE
MERGE (g:Graph {id: 'graph'})
ON CREATE SET g.sequence = 0
