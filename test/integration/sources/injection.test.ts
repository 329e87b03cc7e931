import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMatchers } from '../../../src/sources/matchers.ts';
import { hostileTexts } from '../../support/hostile.ts';
import { growing, type RecordedSource, recordedSource } from '../../support/recorded-source.ts';
import { pair, requests } from '../../support/recording.ts';

/** Those that mean something in PromQL or in a regular expression, and can be a label's value. */
const texts = hostileTexts.filter(
  (text) => /["'`\\{}[\]*+|#]/.test(text) && text.isWellFormed() && text.length < 100,
);
const secret = growing(requests, pair('secret', 'api', { tenant: 'secret' }), 1);
const recorded = texts.flatMap((tenant, i) =>
  growing(requests, pair(`client-${i}`, 'api', { tenant }), 1),
);

describe('a source whose matchers or labels somebody wants to break out of', () => {
  let source: RecordedSource;

  beforeAll(async () => {
    source = await recordedSource([...recorded, ...secret], {});
  });

  afterAll(() => source.stop());

  const clientsWith = async (matchers: string[]) =>
    (await source.read(30, { matchers })).observations.map(({ dependencyId }) => dependencyId);

  it.each(texts)(
    'as a value in quotes it selects what is called so, and nothing else: %j',
    async (text) => {
      const matchers = parseMatchers(`tenant=${JSON.stringify(text)}`);
      expect(matchers).toHaveLength(1);
      expect(await clientsWith(matchers ?? [])).toEqual([`client-${texts.indexOf(text)}~~api`]);
    },
  );

  it.each(texts)(
    'as it stands it is refused, or selects no more than it says: %j',
    async (text) => {
      expect(parseMatchers(text)).toBeNull();
      const matchers = parseMatchers(`tenant="${text}"`);
      if (matchers === null) return;
      for (const matcher of matchers) expect(matcher).toMatch(/^(tenant|job)\s*(=|=~)\s*["'`]/);
      // Prometheus itself refuses an escape that it does not know.
      const refused = { code: 'InvalidMetrics' };
      const clients = await clientsWith(matchers).catch((error: unknown) => {
        expect(error).toMatchObject(refused);
        return [];
      });
      expect(clients).not.toContain('secret~~api');
    },
  );
});
