// What a window made of its source's producers, while it is read.
// @param {String} run
// @param {String} windowId
// @returns producerChanges
// @access READ
MATCH (:Run {id: $run})-[p:PLANNED]->(:Window {id: $windowId})
RETURN p.producerChanges AS producerChanges
