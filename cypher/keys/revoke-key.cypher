// Revokes a key for ever; one that was revoked stays as it is.
// @param {String} id
// @param {DateTime} now
// @param {String} by
// @returns id
// @access WRITE
// @moves nothing
MATCH (k:Key {id: $id})
SET
  k.revokedBy = CASE WHEN k.revokedAt IS NULL THEN $by ELSE k.revokedBy END,
  k.revokedAt = coalesce(k.revokedAt, $now)
RETURN k.id AS id
