// One alias an id; finds what an id stands for.
// @access SCHEMA
CREATE CONSTRAINT alias_id_unique IF NOT EXISTS
FOR (a:Alias) REQUIRE a.id IS UNIQUE
