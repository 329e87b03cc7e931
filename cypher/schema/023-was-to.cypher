// Finds what services were before they became something else.
// @access SCHEMA
CREATE INDEX was_to IF NOT EXISTS
FOR ()-[w:WAS]-() ON (w.to)
