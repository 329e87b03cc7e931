// One memory per key that runs were asked for under.
// @access SCHEMA
CREATE CONSTRAINT run_request_id_unique IF NOT EXISTS
FOR (q:RunRequest) REQUIRE q.id IS UNIQUE
