// One OBSERVED relationship per source, mode and pair.
// @access SCHEMA
CREATE CONSTRAINT observed_id_unique IF NOT EXISTS
FOR ()-[o:OBSERVED]-() REQUIRE o.id IS UNIQUE
