// Finds evidence that no longer counts; what still counts is not in it.
// @access SCHEMA
CREATE INDEX observed_removed_at IF NOT EXISTS
FOR ()-[o:OBSERVED]-() ON (o.removedAt)
