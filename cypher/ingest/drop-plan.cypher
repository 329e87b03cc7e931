// Removes the plan of a window when the window closes.
// @param {String} run
// @param {String} windowId
// @access WRITE
// @moves nothing
MATCH (:Run {id: $run})-[p:PLANNED]->(:Window {id: $windowId})
DELETE p
