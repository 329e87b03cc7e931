// Finds the requests for runs that are remembered no longer.
// @access SCHEMA
CREATE INDEX run_request_at IF NOT EXISTS
FOR (q:RunRequest) ON (q.at)
