// By what an answer is known again: a token of what is believed, and one of the evidence for it.
// @returns belief, evidence
// @access READ
MATCH (g:Graph {id: 'graph'})
RETURN g.beliefToken AS belief, g.evidenceToken AS evidence
