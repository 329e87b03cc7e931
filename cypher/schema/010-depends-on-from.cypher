// Finds the beliefs that held at an instant.
// @access SCHEMA
CREATE INDEX depends_on_period IF NOT EXISTS
FOR ()-[d:DEPENDS_ON]-() ON (d.to, d.from)
