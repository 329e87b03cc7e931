import { createRoute, z } from '@hono/zod-openapi';
import { longestOverlapMillis } from '../../keys/keys.ts';
import { knownCaller, needs, needsKnownCaller } from '../access.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { problemResponses } from '../problem-responses.ts';
import { json } from '../schemas/content.ts';
import { exampleIssuedKey, exampleKey } from '../schemas/examples.ts';
import { issuedKeySchema, keySchema, toKey } from '../schemas/key.ts';

const tags = ['Keys'];
const keyPath = z.object({
  id: z.string().openapi({
    param: { name: 'id', in: 'path' },
    description: 'Public id of the key.',
    example: '4fJ0aZ81xQc',
  }),
});
const daySeconds = 86_400;
const longestOverlapSeconds = longestOverlapMillis / 1000;

const getKey = createRoute({
  method: 'get',
  path: '/api/v1/keys/{id}',
  operationId: 'getKey',
  tags,
  summary: 'One key',
  description: 'What it may do and when it was last used; never its secret.',
  ...needs('admin'),
  request: { params: keyPath, query: z.strictObject({}) },
  responses: {
    200: { description: 'The key.', content: json(keySchema, exampleKey) },
    ...problemResponses('InvalidRequest', 'KeyNotFound', 'GraphUnavailable', 'SchemaMissing'),
  },
});

const revokeKey = createRoute({
  method: 'delete',
  path: '/api/v1/keys/{id}',
  operationId: 'revokeKey',
  tags,
  summary: 'Revoke a key',
  description:
    'For ever, at once in this process and within 10 s in all others; streams it has open end. The ' +
    'key stays listed. May be repeated.',
  ...needsKnownCaller('admin'),
  request: { params: keyPath, query: z.strictObject({}) },
  responses: {
    200: {
      description: 'The key, which is revoked.',
      content: json(keySchema, exampleKey),
    },
    ...problemResponses(
      'InvalidRequest',
      'KeylessMode',
      'KeyNotFound',
      'GraphUnavailable',
      'SchemaMissing',
    ),
  },
});

const rotateKeyBody = z
  .strictObject({
    overlapSeconds: z.int().min(0).max(longestOverlapSeconds).default(daySeconds).openapi({
      description: 'How long the secret there was goes on; seconds. Without it a day.',
      example: daySeconds,
    }),
  })
  .openapi('RotateKey');

const rotateKey = createRoute({
  method: 'post',
  path: '/api/v1/keys/{id}/rotate',
  operationId: 'rotateKey',
  tags,
  summary: 'Give a key another secret',
  description:
    'The answer has the whole key with its new secret, this once. The one there was goes on for a ' +
    'while; one that was still going on from an earlier rotation ends. Id, scopes and expiry stay.',
  ...needsKnownCaller('admin'),
  request: {
    params: keyPath,
    query: z.strictObject({}),
    body: { required: false, content: json(rotateKeyBody, { overlapSeconds: daySeconds }) },
  },
  responses: {
    200: {
      description: 'The key.',
      content: json(issuedKeySchema, exampleIssuedKey),
    },
    ...problemResponses(
      'InvalidRequest',
      'KeylessMode',
      'KeyNotFound',
      'KeyEnded',
      'PayloadTooLarge',
      'UnsupportedMediaType',
      'GraphUnavailable',
      'SchemaMissing',
    ),
  },
});

export function registerOneKey(app: Api, { access, now }: Pick<ApiDeps, 'access' | 'now'>): void {
  const { keys } = access;

  app.openapi(getKey, async (c) =>
    c.json(toKey(await keys.find(c.req.valid('param').id), now()), 200),
  );

  app.openapi(revokeKey, async (c) => {
    const by = knownCaller(c);
    return c.json(toKey(await keys.revoke(c.req.valid('param').id, by), now()), 200);
  });

  app.openapi(rotateKey, async (c) => {
    const by = knownCaller(c);
    const { overlapSeconds = daySeconds } = c.req.valid('json');
    const { key, text } = await keys.rotate(c.req.valid('param').id, overlapSeconds * 1000, by);
    c.header('Cache-Control', 'no-store');
    return c.json({ key: toKey(key, now()), text: text.reveal() }, 200);
  });
}
