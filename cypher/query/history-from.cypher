// From when on the graph can be seen as it was.
// @returns historyFromMillis null where nothing was forgotten yet
// @access READ
MATCH (g:Graph {id: 'graph'})
RETURN g.historyFrom.epochMillis AS historyFromMillis
