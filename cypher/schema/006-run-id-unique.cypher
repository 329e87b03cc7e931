// One record per run.
// @access SCHEMA
CREATE CONSTRAINT run_id_unique IF NOT EXISTS
FOR (r:Run) REQUIRE r.id IS UNIQUE
