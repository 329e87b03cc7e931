// One declaration per origin and pair.
// @access SCHEMA
CREATE CONSTRAINT declared_id_unique IF NOT EXISTS
FOR ()-[d:DECLARED]-() REQUIRE d.id IS UNIQUE
