// One record per window of a source.
// @access SCHEMA
CREATE CONSTRAINT window_id_unique IF NOT EXISTS
FOR (w:Window) REQUIRE w.id IS UNIQUE
