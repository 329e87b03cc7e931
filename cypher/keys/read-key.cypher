// One key with the hashes of its secrets: the present one, and the one that was rotated away.
// @param {String} id
// @returns id, name, scopes, environments, teams, createdAtMillis, createdBy, expiresAtMillis, rotatedAtMillis, previousUntilMillis, revokedAtMillis, lastUsedAtMillis, hash, previousHash
// @access READ
MATCH (k:Key {id: $id})
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
  k.previousUntil.epochMillis AS previousUntilMillis,
  k.revokedAt.epochMillis AS revokedAtMillis,
  k.lastUsedAt.epochMillis AS lastUsedAtMillis,
  k.hash AS hash,
  k.previousHash AS previousHash
