// One present belief per pair.
// @access SCHEMA
CREATE CONSTRAINT depends_on_id_unique IF NOT EXISTS
FOR ()-[d:DEPENDS_ON]-() REQUIRE d.id IS UNIQUE
