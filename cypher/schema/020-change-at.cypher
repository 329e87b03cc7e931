// Finds the changes of a period.
// @access SCHEMA
CREATE INDEX change_at IF NOT EXISTS
FOR (c:Change) ON (c.at, c.sequence)
