import fc from 'fast-check';
import type { Mode } from '../../src/domain/dependency.ts';
import { modes } from '../../src/domain/dependency.ts';
import type { Endpoint, PairFact } from '../../src/domain/observation.ts';
import type { ServiceIdentity } from '../../src/domain/service.ts';

/** Texts that an encoding gets wrong first; `é` is there composed and decomposed. */
const treacherous = [
  '',
  'user',
  'unknown',
  '~user',
  '~unknown',
  '~',
  '~~',
  ':',
  'a:b',
  '~3A',
  '%3A',
  '.',
  '..',
  '/',
  '\u00e9',
  'e\u0301',
  '\u0000',
  '__proto__',
];

/** A part of an identity as a label may hold it: any text that has a UTF-8 form. */
export const part: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...treacherous),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('a', '~', ':', '7', 'E', '.'), maxLength: 5 }),
);

export const identity: fc.Arbitrary<ServiceIdentity> = fc.record({
  environment: part,
  cluster: part,
  namespace: part,
  name: part.filter((name) => name !== ''),
});

export const mode: fc.Arbitrary<Mode> = fc.constantFrom(...modes);

/** The same items in any other order. */
export function shuffled<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length });
}

export function endpoint(name: string, namespace = ''): Endpoint {
  return { environment: '', cluster: '', namespace, name };
}

/** A direct call from `a` to `b` with one request, but for what a test says. */
export function fact(given: Partial<PairFact> = {}): PairFact {
  return {
    kind: 'requests',
    client: endpoint('a'),
    server: endpoint('b'),
    connectionType: '',
    virtualSide: null,
    overflow: false,
    value: 1,
    ...given,
  };
}

const fewNames = fc.constantFrom('', 'a', 'b', 'user', 'unknown', 'x'.repeat(513), '\ud800');

/** Facts about few pairs, so that many meet; counts are whole, so that sums are exact. */
export const anyFact: fc.Arbitrary<PairFact> = fc.record({
  kind: fc.constantFrom('requests', 'failedRequests', 'listed', 'uncounted'),
  client: fewNames.map((name) => endpoint(name)),
  server: fc.tuple(fewNames, fc.constantFrom('', 'shop')).map(([name, ns]) => endpoint(name, ns)),
  connectionType: fc.constantFrom('', 'messaging_system', 'database', 'virtual_node', 'other'),
  virtualSide: fc.constantFrom(null, 'client', 'server'),
  overflow: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.boolean()),
  value: fc.oneof(fc.nat(1000), fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY)),
});
