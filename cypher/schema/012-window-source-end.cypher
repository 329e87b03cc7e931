// Finds the windows of a source in a period.
// @access SCHEMA
CREATE INDEX window_source_end IF NOT EXISTS
FOR (w:Window) ON (w.source, w.end)
