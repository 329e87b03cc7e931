// Whether an id still stands for a service.
// @param {String} alias
// @param {String} id of the service
// @returns holds
// @access READ
MATCH (:Alias {id: $alias})-[:STANDS_FOR]->(:Service {id: $id})
RETURN count(*) > 0 AS holds
