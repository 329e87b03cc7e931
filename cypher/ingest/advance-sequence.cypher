// Takes the next numbers of the changelog; the lane holds (:Graph), so they have no gaps.
// @param {Integer} count
// @returns sequence the last one taken
// @access WRITE
// @moves belief
MATCH (g:Graph {id: 'graph'})
SET g.sequence = g.sequence + $count
RETURN g.sequence AS sequence
