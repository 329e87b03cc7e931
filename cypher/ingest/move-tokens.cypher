// Draws the tokens anew by which an answer is known again: of what is believed, and of the evidence for
// it. They are random, so a graph that was restored never says one again that it said of another state.
// @param {Boolean} belief whether to draw that of belief, which begins with the last change's number
// @param {Boolean} evidence whether to draw that of evidence
// @access WRITE
// @moves nothing
MATCH (g:Graph {id: 'graph'})
SET
  g.beliefToken =
    CASE WHEN $belief THEN toString(g.sequence) + '-' + randomUUID() ELSE g.beliefToken END,
  g.evidenceToken = CASE WHEN $evidence THEN randomUUID() ELSE g.evidenceToken END
