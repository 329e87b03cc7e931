// One impact per pair and mode.
// @access SCHEMA
CREATE CONSTRAINT impacts_id_unique IF NOT EXISTS
FOR ()-[i:IMPACTS]-() REQUIRE i.id IS UNIQUE
