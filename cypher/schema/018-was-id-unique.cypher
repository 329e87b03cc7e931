// One past nature per service and beginning.
// @access SCHEMA
CREATE CONSTRAINT was_id_unique IF NOT EXISTS
FOR ()-[w:WAS]-() REQUIRE w.id IS UNIQUE
