// Finds services by bare name.
// @access SCHEMA
CREATE INDEX service_name IF NOT EXISTS
FOR (s:Service) ON (s.name)
