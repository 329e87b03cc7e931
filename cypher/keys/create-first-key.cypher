// Creates the first of all keys; there is no row where there is a key already. Keys that nobody in
// particular made are of no use, and do not count. Of several that ask at
// once one makes it, because the constraint on `first` lets them through one after the other.
// @param {String} id
// @param {String} hash
// @param {String} name
// @param {List<String>} scopes
// @param {String} nobody who made keys that are of no use
// @param {DateTime} now
// @param {String} by
// @returns made
// @access WRITE
// @moves nothing
CALL () {
  MATCH (k:Key)
  WHERE k.createdBy <> $nobody
  RETURN count(k) AS keys
}
WITH keys
WHERE keys = 0
MERGE (k:Key {first: true})
ON CREATE SET
  k.id = $id,
  k.hash = $hash,
  k.name = $name,
  k.scopes = $scopes,
  k.createdAt = $now,
  k.createdBy = $by
RETURN k.id = $id AS made
