import { z } from 'zod';
import type { Api } from '../../../src/api/deps.ts';

/** One request of a route. */
export interface Question {
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What to ask with; a route whose parameters are not all in here cannot be asked. */
export interface AskedWith {
  /** Of a path parameter, by how the paths that have it begin; the longest that fits counts. */
  readonly paths: Readonly<Record<string, readonly string[]>>;
  /** Of a query parameter or a header, by its name; where the contract lists words, those count. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** What is asked beside every other parameter of a route that takes it. */
  readonly beside: Readonly<Record<string, string>>;
  /** What a route that takes it is asked with besides: by itself, and with each word in its path. */
  readonly again: Readonly<Record<string, string>>;
}

const schema = z.looseObject({
  enum: z.array(z.string()).optional(),
  items: z.looseObject({ enum: z.array(z.string()).optional() }).optional(),
});
const parameter = z.object({ name: z.string(), in: z.enum(['path', 'query', 'header']), schema });
const operation = z.looseObject({
  parameters: z.array(parameter).default([]),
  requestBody: z
    .object({ content: z.record(z.string(), z.looseObject({ example: z.unknown() })) })
    .optional(),
});
type Parameter = z.output<typeof parameter>;
type Operation = z.output<typeof operation>;
const contract = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
});

/** Answered by the test's own steps: pages are walked, and ETags are sent back. */
const walked = ['cursor', 'If-None-Match'];

/**
 * Requests of every route that an app has, described or not, each parameter with each value.
 *
 * @throws Error for a route that cannot be asked, so that none is forgotten.
 */
export async function questionsOf(app: Api, asked: AskedWith): Promise<Question[]> {
  const { paths } = contract.parse(await (await app.request('/openapi.json')).json());
  const described = new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, one]) =>
          [nameOf(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1')), one] as const,
      ),
    ),
  );
  const routes = new Set(
    app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => nameOf(method, path)),
  );
  // The middleware of conditional reads stands under the same name as the route.
  for (const route of described.keys()) routes.add(route);
  return [...routes].flatMap((route) =>
    requestsOf(route, described.get(route) ?? operation.parse({}), asked),
  );
}

const nameOf = (method: string, path: string): string => `${method} ${path}`;

function requestsOf(route: string, { parameters, requestBody }: Operation, asked: AskedWith) {
  const [method = '', pattern = ''] = route.split(' ');
  const paths = pathsOf(pattern, asked);
  const body = Object.values(requestBody?.content ?? {})[0]?.example;
  const inQuery = parameters.filter((one) => one.in === 'query' && !walked.includes(one.name));
  const inHeader = parameters.filter((one) => one.in === 'header' && !walked.includes(one.name));
  const takes = (name: string) => inQuery.some((one) => one.name === name);
  const base = Object.fromEntries(Object.entries(asked.beside).filter(([name]) => takes(name)));
  const queries = [
    base,
    ...inQuery.flatMap((one) =>
      valuesOf(route, one, asked).map((value) => ({ ...base, [one.name]: value })),
    ),
  ];
  const more = Object.fromEntries(Object.entries(asked.again).filter(([name]) => takes(name)));
  const headers = inHeader.flatMap((one) =>
    valuesOf(route, one, asked).map((value): Record<string, string> => ({ [one.name]: value })),
  );
  const request = (path: string, query: Record<string, string>, sent: Record<string, string>) => ({
    route,
    method,
    path: `${path}?${new URLSearchParams(query)}`,
    headers: sent,
    body,
  });
  const [first = pattern, ...others] = paths;
  return [
    ...queries.map((query) => request(first, query, {})),
    ...headers.map((sent) => request(first, base, sent)),
    ...others.map((path) => request(path, base, {})),
    ...(Object.keys(more).length === 0 ? [] : paths).map((path) =>
      request(path, { ...base, ...more }, {}),
    ),
  ];
}

function pathsOf(pattern: string, { paths }: AskedWith): string[] {
  if (!/:\w/.test(pattern)) return [pattern];
  const begin = Object.keys(paths)
    .filter((one) => pattern.startsWith(one))
    .sort((a, b) => b.length - a.length)[0];
  const words = paths[begin ?? ''];
  if (words === undefined) throw new Error(`Say in \`paths\` what ${pattern} is asked with.`);
  return words.map((word) => pattern.replace(/:\w+/, encodeURIComponent(word)));
}

function valuesOf(route: string, { name, schema }: Parameter, { values }: AskedWith) {
  const words = schema.enum ?? schema.items?.enum ?? values[name];
  // Some fields show nothing that all of them do not.
  if (name === 'fields') return words?.slice(0, 1) ?? [];
  if (words === undefined) throw new Error(`Say in \`values\` what ${name} of ${route} is.`);
  return words;
}
