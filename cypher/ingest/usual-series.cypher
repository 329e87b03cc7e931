// The median number of series in the answered windows of a source that ended in a period.
// @param {String} source
// @param {DateTime} after
// @param {DateTime} until
// @returns usualSeries
// @access READ
MATCH (w:Window)
WHERE w.source = $source AND w.end > $after AND w.end <= $until AND w.outcome <> 'failed'
RETURN percentileDisc(w.series, 0.5) AS usualSeries
