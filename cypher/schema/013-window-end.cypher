// Lists windows of all sources, the newest first.
// @access SCHEMA
CREATE INDEX window_end IF NOT EXISTS
FOR (w:Window) ON (w.end)
