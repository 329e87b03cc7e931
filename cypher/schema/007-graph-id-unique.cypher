// One (:Graph) node, which is the lock of the write lane.
// @access SCHEMA
CREATE CONSTRAINT graph_id_unique IF NOT EXISTS
FOR (g:Graph) REQUIRE g.id IS UNIQUE
