// Creates a key, of which the graph keeps no more than a hash.
// @param {String} id
// @param {String} hash SHA-256 of the whole key, in hex
// @param {String} name
// @param {List<String>} scopes
// @param {List<String>} environments null for all
// @param {List<String>} teams null for all
// @param {DateTime} expiresAt null for never
// @param {DateTime} now
// @param {String} by id of the key of who makes it, or another word for them
// @access WRITE
// @moves nothing
CREATE (:Key {
  id: $id,
  hash: $hash,
  name: $name,
  scopes: $scopes,
  environments: $environments,
  teams: $teams,
  expiresAt: $expiresAt,
  createdAt: $now,
  createdBy: $by
})
