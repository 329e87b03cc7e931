// Finds evidence that nobody watches since a producer went; all other evidence is not in it.
// @access SCHEMA
CREATE INDEX observed_unwatched_by IF NOT EXISTS
FOR ()-[o:OBSERVED]-() ON (o.unwatchedBy)
