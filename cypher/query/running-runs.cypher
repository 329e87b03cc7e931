// The runs of a source that are not known to have ended.
// @param {String} source
// @returns id, workflowId
// @access READ
MATCH (r:Run {source: $source, state: 'running'})
RETURN r.id AS id, r.workflowId AS workflowId
