// Completes beliefs from before there were criticality, confidence and conflicts; "topolog rebuild"
// derives the rest.
// @access WRITE
MATCH ()-[d:DEPENDS_ON]->()
WHERE d.confidence IS NULL
SET
  d.criticality = 'hard',
  d.confidence = CASE d.state WHEN 'active' THEN 'medium' ELSE 'low' END,
  d.conflicts = []
