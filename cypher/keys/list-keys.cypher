// A page of the keys, by id, without their hashes.
// @param {String} after id of the last key of the page before, or an empty string
// @param {Integer} limit
// @returns id, name, scopes, environments, teams, createdAtMillis, createdBy, expiresAtMillis, rotatedAtMillis, rotatedBy, previousUntilMillis, revokedAtMillis, lastUsedAtMillis
// @access READ
MATCH (k:Key)
WHERE k.id > $after
RETURN
  k.id AS id,
  k.name AS name,
  k.scopes AS scopes,
  k.environments AS environments,
  k.teams AS teams,
  k.createdAt.epochMillis AS createdAtMillis,
  k.createdBy AS createdBy,
  k.expiresAt.epochMillis AS expiresAtMillis,
  k.rotatedAt.epochMillis AS rotatedAtMillis,
  k.rotatedBy AS rotatedBy,
  k.previousUntil.epochMillis AS previousUntilMillis,
  k.revokedAt.epochMillis AS revokedAtMillis,
  k.lastUsedAt.epochMillis AS lastUsedAtMillis
ORDER BY id
LIMIT $limit
