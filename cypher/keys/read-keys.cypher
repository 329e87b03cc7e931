// Those of some ids that are keys, with the hashes of their secrets: the present one, and the one that was
// rotated away.
// @param {List<String>} ids each once
// @returns id, name, scopes, environments, teams, createdAtMillis, createdBy, expiresAtMillis, rotatedAtMillis, rotatedBy, previousUntilMillis, revokedAtMillis, lastUsedAtMillis, hash, previousHash
// @access READ
UNWIND $ids AS id
MATCH (k:Key {id: id})
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
  k.lastUsedAt.epochMillis AS lastUsedAtMillis,
  k.hash AS hash,
  k.previousHash AS previousHash
