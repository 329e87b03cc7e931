// One past belief per pair and beginning.
// @access SCHEMA
CREATE CONSTRAINT depended_on_id_unique IF NOT EXISTS
FOR ()-[d:DEPENDED_ON]-() REQUIRE d.id IS UNIQUE
