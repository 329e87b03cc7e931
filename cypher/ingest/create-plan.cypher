// Records how a run is going to read a window; what an earlier reading said of it is taken back.
// @param {String} run
// @param {String} windowId
// @param {String} source
// @param {DateTime} start
// @param {DateTime} end
// @param {List<String>} shards one JSON text each
// @param {String} dialect in which the source is read, or null
// @param {String} dialectVariant or null
// @param {Integer} aliasVersion of the aliases it was made with
// @param {Boolean} rejected whether the source refused the questions
// @param {Integer} series
// @param {Integer} nearStart
// @param {Integer} nearEnd
// @param {Integer} producers
// @param {Integer} missingProducers
// @param {Integer} unmarkedProducers missing ones of which nobody knows what they showed
// @param {List<String>} missingLabels of some that are missing
// @param {String} producerChanges JSON, or null where nothing changes
// @param {Integer} presenceWarnings
// @param {Integer} otherWarnings
// @param {String} questionId null where nothing was asked
// @param {String} question the PromQL that counts requests, or null
// @param {Float} opening sum of all counters before the window's start, or null
// @param {Float} closing sum of all counters before its end, or null
// @param {String} sumsId what is asked alike has the same; null where the sums are not known
// @access WRITE
// @moves evidence
MATCH (r:Run {id: $run})
MERGE (w:Window {id: $windowId})
ON CREATE SET w.source = $source, w.start = $start, w.end = $end
CREATE
  (r)-[:PLANNED {
    shards: $shards,
    dialect: $dialect,
    dialectVariant: $dialectVariant,
    aliasVersion: $aliasVersion,
    rejected: $rejected,
    series: $series,
    nearStart: $nearStart,
    nearEnd: $nearEnd,
    producers: $producers,
    missingProducers: $missingProducers,
    unmarkedProducers: $unmarkedProducers,
    producerChanges: $producerChanges,
    presenceWarnings: $presenceWarnings,
    otherWarnings: $otherWarnings,
    opening: $opening,
    closing: $closing,
    sumsId: $sumsId
  }]->(w)
SET
  w.error = null,
  w.warnings = [],
  w.questionId = $questionId,
  w.producers = $producers,
  w.missingProducers = $missingLabels
FOREACH (id IN CASE WHEN $questionId IS NULL THEN [] ELSE [$questionId] END |
  MERGE (q:Question {id: id})
  ON CREATE SET q.text = $question
)
