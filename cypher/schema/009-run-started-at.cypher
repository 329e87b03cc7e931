// Lists the latest runs.
// @access SCHEMA
CREATE INDEX run_started_at IF NOT EXISTS
FOR (r:Run) ON (r.startedAt)
