// Some of the pairs of services of which something is said, believed or was believed, by client.
// @param {String} after id of the last client of the page before, or an empty string
// @param {Integer} limit clients
// @returns lastId, pairs
// `lastId` is null when there is no further client.
// @access READ
MATCH (client:Service)
WHERE client.id > $after
WITH client
ORDER BY client.id
LIMIT $limit
OPTIONAL MATCH (client)-[:OBSERVED|DECLARED|DEPENDS_ON|DEPENDED_ON]->(server:Service)
WITH client, collect(DISTINCT server.id) AS servers
RETURN
  max(client.id) AS lastId,
  collect({clientId: client.id, serverIds: servers}) AS pairs
