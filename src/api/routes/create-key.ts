import { createRoute, z } from '@hono/zod-openapi';
import { type KeyTerms, problemOfName, scopes } from '../../domain/key.ts';
import { knownCaller, needsKnownCaller } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { exampleIssuedKey } from '../schemas/examples.ts';
import { issuedKeySchema, toKey } from '../schemas/key.ts';

const words = (description: string) =>
  z.array(z.string().max(512)).min(1).max(100).nullable().optional().openapi({ description });

const createKeyBody = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .refine(
        (name) => problemOfName(name) === null,
        'must have no characters that are not printed',
      )
      .openapi({
        description: 'What people call it: who or what uses it. No controls in it.',
        example: 'grafana',
      }),
    scopes: z
      .array(z.enum(scopes, { error: `must be one of ${scopes.join(', ')}` }))
      .min(1)
      .max(scopes.length)
      .openapi({ description: 'What it may do; `admin` may do everything.', example: ['read'] }),
    environments: words(
      'The only environments it sees; then it can have the scopes `read` and `declare` only.',
    ),
    teams: words('The only teams whose services it sees; the same holds.'),
    expiresAt: z.iso
      .datetime({ offset: true, error: 'must be an ISO 8601 time with Z or an offset' })
      .nullable()
      .optional()
      .openapi({
        description: 'From when on it is refused. ISO 8601 with Z or an offset; left out: never.',
        example: '2027-03-01T00:00:00Z',
      }),
  })
  .openapi('CreateKey');

const createKey = createRoute({
  method: 'post',
  path: '/api/v1/keys',
  operationId: 'createKey',
  tags: ['Keys'],
  summary: 'Make a key',
  description: 'The answer has the whole key, this once: only a hash of it is kept.',
  ...needsKnownCaller('admin'),
  request: {
    query: z.strictObject({}),
    body: { required: true, content: json(createKeyBody, { name: 'grafana', scopes: ['read'] }) },
  },
  responses: {
    201: {
      description: 'The key.',
      headers: {
        Location: {
          description: 'Path of the key.',
          schema: { type: 'string' },
          example: '/api/v1/keys/4fJ0aZ81xQc',
        },
      },
      content: json(issuedKeySchema, exampleIssuedKey),
    },
    ...problemResponses(
      'InvalidRequest',
      'KeylessMode',
      'PayloadTooLarge',
      'UnsupportedMediaType',
      'GraphUnavailable',
      'SchemaMissing',
    ),
  },
});

export function registerCreateKey(
  app: Api,
  { access, now }: Pick<ApiDeps, 'access' | 'now'>,
): void {
  app.openapi(createKey, async (c) => {
    const by = knownCaller(c);
    const { key, text } = await access.keys.create(termsOf(c.req.valid('json')), by);
    c.set('subject', key.id);
    c.header('Location', `/api/v1/keys/${key.id}`);
    c.header('Cache-Control', 'no-store');
    return c.json({ key: toKey(key, now()), text: text.reveal() }, 201);
  });
}

function termsOf(body: z.output<typeof createKeyBody>): KeyTerms {
  const { name, scopes, environments = null, teams = null, expiresAt = null } = body;
  return {
    name,
    scopes: [...new Set(scopes)],
    environments,
    teams,
    expiresAtMillis: expiresAt === null ? null : Date.parse(expiresAt),
  };
}
