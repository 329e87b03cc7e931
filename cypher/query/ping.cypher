// Whether the database answers and the schema is there: how many of the needed constraints exist.
// @param {List<String>} names
// @returns constraints
// @access READ
SHOW CONSTRAINTS
YIELD name
WHERE name IN $names
RETURN count(*) AS constraints
