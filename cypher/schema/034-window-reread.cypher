// Finds the windows of a source that are due to be read again.
// @access SCHEMA
CREATE INDEX window_reread IF NOT EXISTS
FOR (w:Window) ON (w.source, w.rereadAt)
