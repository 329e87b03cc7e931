// Lets an id stand for itself again.
// @param {String} alias
// @returns deleted
// @access WRITE
// @moves belief
MATCH (g:Graph {id: 'graph'})
MATCH (a:Alias {id: $alias})
SET g.aliasVersion = coalesce(g.aliasVersion, 0) + 1
DETACH DELETE a
RETURN count(*) AS deleted
