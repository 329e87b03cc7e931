// Keeps what a source said while a window was read: the first error, and ten different warnings.
// @param {String} windowId
// @param {String} error one sentence, or null
// @param {List<String>} warnings each once
// @access WRITE
// @moves evidence
MATCH (w:Window {id: $windowId})
SET
  w.error = coalesce(w.error, $error),
  w.warnings =
    (coalesce(w.warnings, []) + [one IN $warnings WHERE NOT one IN coalesce(w.warnings, [])])[..10]
