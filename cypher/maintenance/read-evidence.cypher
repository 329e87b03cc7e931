// Some of a source's evidence, whichever comes first; ids begin with the source's and `|`.
// @param {String} prefix
// @param {Integer} limit
// @returns id, clientId, serverId
// @access READ
MATCH (client:Service)-[o:OBSERVED]->(server:Service)
USING INDEX o:OBSERVED(id)
WHERE o.id STARTS WITH $prefix
RETURN o.id AS id, client.id AS clientId, server.id AS serverId
LIMIT $limit
