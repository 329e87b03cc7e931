// Finds the changes of one dependency or service.
// @access SCHEMA
CREATE INDEX change_subject IF NOT EXISTS
FOR (c:Change) ON (c.subject)
