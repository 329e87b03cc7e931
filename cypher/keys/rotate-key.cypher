// Gives a key another secret; the one it had goes on for a while. No row where the key is of no use.
// @param {String} id
// @param {String} hash of the key with its new secret
// @param {DateTime} previousUntil how long the old one goes on
// @param {String} nobody who made keys that are of no use
// @param {DateTime} now
// @param {String} by
// @returns id
// @access WRITE
// @moves nothing
MATCH (k:Key {id: $id})
// Takes the lock before it looks: of two at once the second replaces what the first made.
SET k.lock = true
REMOVE k.lock
WITH k
WHERE
  k.revokedAt IS NULL AND
  (k.expiresAt IS NULL OR k.expiresAt > $now) AND
  k.createdBy <> $nobody AND
  coalesce(k.rotatedBy, '') <> $nobody
WITH k, k.hash AS previousHash
SET
  k.previousHash = previousHash,
  k.previousUntil = $previousUntil,
  k.hash = $hash,
  k.rotatedAt = $now,
  k.rotatedBy = $by
RETURN k.id AS id
