// Changes are numbered without gaps; the feed reads them in this order.
// @access SCHEMA
CREATE CONSTRAINT change_sequence_unique IF NOT EXISTS
FOR (c:Change) REQUIRE c.sequence IS UNIQUE
