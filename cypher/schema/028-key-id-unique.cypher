// The public id of a key names one key.
// @access SCHEMA
CREATE CONSTRAINT key_id_unique IF NOT EXISTS
FOR (k:Key) REQUIRE k.id IS UNIQUE
