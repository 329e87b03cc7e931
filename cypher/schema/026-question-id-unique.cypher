// A question is kept once, however many windows were asked by it.
// @access SCHEMA
CREATE CONSTRAINT question_id_unique IF NOT EXISTS
FOR (q:Question) REQUIRE q.id IS UNIQUE
