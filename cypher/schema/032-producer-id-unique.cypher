// Producers are found by id, and those of a source lie together.
// @access SCHEMA
CREATE CONSTRAINT producer_id_unique IF NOT EXISTS
FOR (p:Producer) REQUIRE p.id IS UNIQUE
