// Finds old runs.
// @access SCHEMA
CREATE INDEX run_finished_at IF NOT EXISTS
FOR (r:Run) ON (r.finishedAt)
