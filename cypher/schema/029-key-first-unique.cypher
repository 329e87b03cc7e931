// There is one first key, however many ask for it at once.
// @access SCHEMA
CREATE CONSTRAINT key_first_unique IF NOT EXISTS
FOR (k:Key) REQUIRE k.first IS UNIQUE
