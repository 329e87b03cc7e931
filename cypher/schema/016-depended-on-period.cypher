// Finds the past beliefs that held at an instant.
// @access SCHEMA
CREATE INDEX depended_on_period IF NOT EXISTS
FOR ()-[d:DEPENDED_ON]-() ON (d.to, d.from)
