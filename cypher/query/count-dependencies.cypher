// How many dependencies of each state there are now.
// @returns word, count
// @access READ
MATCH ()-[d:DEPENDS_ON]->()
RETURN d.state AS word, count(*) AS count
