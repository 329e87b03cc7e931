import { z } from '@hono/zod-openapi';
import { keyStateOf, keyStates, scopes } from '../../domain/key.ts';
import type { KeyRow } from '../../graph/key-records.ts';
import { instant, toIso, toIsoOrNull } from './time.ts';

const words = (description: string) => z.array(z.string()).nullable().openapi({ description });

export const keySchema = z
  .object({
    id: z.string().openapi({ description: 'Public id of the key.', example: '4fJ0aZ81xQc' }),
    name: z.string().openapi({ example: 'grafana' }),
    state: z.enum(keyStates),
    scopes: z.array(z.enum(scopes)),
    environments: words('The only environments it sees; null for all.'),
    teams: words('The only teams whose services it sees; null for all.'),
    createdAt: instant('When it was made.'),
    createdBy: z.string().openapi({ description: 'Id of the key of who made it, or a word.' }),
    expiresAt: instant('From when on it is refused; null for never.').nullable(),
    rotatedAt: instant('When it was last given another secret.').nullable(),
    previousUntil: instant('How long the secret before goes on.').nullable(),
    revokedAt: instant('When it was revoked.').nullable(),
    lastUsedAt: instant('When it was last used, to about a minute.').nullable(),
  })
  .openapi('Key');

export const issuedKeySchema = z
  .object({
    key: keySchema,
    text: z.string().openapi({
      description: 'The whole key, which is shown this once.',
      example: 'topolog_4fJ0aZ81xQc_…',
    }),
  })
  .openapi('IssuedKey');

export function toKey(row: KeyRow, nowMillis: number): z.output<typeof keySchema> {
  const { id, name, scopes, environments, teams, createdBy } = row;
  return {
    id,
    name,
    state: keyStateOf(row, nowMillis),
    scopes,
    environments,
    teams,
    createdAt: toIso(row.createdAtMillis),
    createdBy,
    expiresAt: toIsoOrNull(row.expiresAtMillis),
    rotatedAt: toIsoOrNull(row.rotatedAtMillis),
    previousUntil: toIsoOrNull(row.previousUntilMillis),
    revokedAt: toIsoOrNull(row.revokedAtMillis),
    lastUsedAt: toIsoOrNull(row.lastUsedAtMillis),
  };
}
