// Draws the tokens of the graph anew, because completing the schema may have changed it.
// @access WRITE
MATCH (g:Graph {id: 'graph'})
SET g.beliefToken = toString(g.sequence) + '-' + randomUUID(), g.evidenceToken = randomUUID()
