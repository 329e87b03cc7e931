import { z } from 'zod';
import { configSchema, loadConfig } from '../../src/runtime/config.ts';
import { sourceSchema } from '../../src/sources/source-schema.ts';

/** Settings that the chart sets itself, from values of their own or because a Pod needs them so. */
export const setByChart = [
  'TOPOLOG_SOURCES_FILE',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'TEMPORAL_TASK_QUEUE',
  'NEO4J_URI',
  'NEO4J_USER',
  'NEO4J_DATABASE',
  'HOST',
  'PORT',
  'WORKER_PORT',
];

/** Settings that belong into a Secret. */
const isSecret = (name: string): boolean => /(PASSWORD|TOKEN|SECRET|API_KEY)$/.test(name);

type Json = Readonly<Record<string, unknown>>;

/** A setting as a value of the chart: YAML has numbers and booleans where a variable has text. */
function asValue(schema: z.ZodType, fallback: unknown): Json {
  const json: Json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const { $schema: _, default: __, format: ___, ...rest } = json;
  if (typeof fallback === 'boolean') return { ...rest, type: 'boolean' };
  // Of these a number keeps to the bounds, and a text to the pattern.
  if ('minimum' in rest) return { ...rest, type: ['integer', 'string'] };
  if (typeof fallback === 'number') {
    // Helm writes smaller shares as 1e-05, which is no variable's form.
    const number = { type: 'number', anyOf: [{ const: 0 }, { minimum: 0.0001, maximum: 1 }] };
    const { description, ...text } = rest;
    return { description, anyOf: [number, text] };
  }
  return rest;
}

/** The values of `config`: every setting of the program that nothing else of the chart sets. */
export function configValues(): z.ZodType {
  const defaults: Json = loadConfig({});
  const properties = Object.entries(configSchema.shape)
    .filter(([name]) => !setByChart.includes(name) && !isSecret(name))
    .map(([name, schema]) => [name, asValue(schema, defaults[name])]);
  return represented({
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  });
}

const secret: Json = {
  anyOf: [
    { type: 'string', pattern: '^\\$[A-Za-z_][A-Za-z0-9_]*$' },
    {
      type: 'object',
      properties: { file: { type: 'string', minLength: 1 } },
      required: ['file'],
      additionalProperties: false,
    },
  ],
};

/** One of `sources.items`: a source of the sources file. */
export function sourceValues(): z.ZodType {
  const { in: input } = sourceSchema({ env: null, folder: '' });
  const { $schema: _, ...json } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  return represented(withSecrets(json));
}

/** A text as it is, which does not look like a reference, or by reference. */
const plainOrSecret: Json = { anyOf: [{ type: 'string', pattern: '^[^$]' }, secret] };

/** What is looked up, by the name of its field: the program's schema cannot say so. */
const lookedUp = new Map<string, Json>([
  ['headers', plainOrSecret],
  ['params', { anyOf: [plainOrSecret, { type: 'array', items: plainOrSecret, minItems: 1 }] }],
]);

/** The schema with what it says of secrets; a header or parameter may be plain text too. */
function withSecrets(value: unknown, name = ''): Json {
  if (typeof value !== 'object' || value === null) return { const: value };
  const entries = Object.entries(value);
  if (entries.length === 0) return lookedUp.get(name) ?? secret;
  return Object.fromEntries(
    entries
      .filter(([key]) => !['default', 'format', 'propertyNames'].includes(key))
      .map(([key, inner]) => [key, nested(key, inner, name)]),
  );
}

function nested(key: string, inner: unknown, name: string): unknown {
  if (key === 'properties' && isObject(inner)) {
    return Object.fromEntries(
      Object.entries(inner).map(([property, schema]) => [property, withSecrets(schema, property)]),
    );
  }
  return isObject(inner) ? withSecrets(inner, name) : inner;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A schema that is written down as this JSON Schema, whatever else it would check. */
function represented(json: Json): z.ZodType {
  return z.unknown().meta(json);
}
