// Notes when keys were last used; late news changes nothing.
// @param {List<Map>} rows id, at: DateTime
// @access WRITE
// @moves nothing
UNWIND $rows AS row
MATCH (k:Key {id: row.id})
WHERE k.lastUsedAt IS NULL OR k.lastUsedAt < row.at
SET k.lastUsedAt = row.at
