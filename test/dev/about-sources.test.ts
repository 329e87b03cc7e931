import { describe, expect, it } from 'vitest';
import { aboutSources, nextReading, withoutData } from '../../dev/start/about-sources.mjs';

const nowMillis = Date.parse('2026-12-01T12:40:00Z');
const minute = 60_000;
const shop = {
  id: 'shop',
  url: 'http://prometheus.example:9090',
  intervalMillis: 15 * minute,
  settleMillis: 90_000,
};
const ours = { isOurs: true, prometheus: 'http://127.0.0.1:9090', shownDataDir: '.topolog' };

const finding = (check: string, outcome: string, message: string, name = 'source shop') => ({
  ...{ name, check, outcome, message, where: '', setting: null },
});
const read = finding('source.answers', 'ok', '412 series in the dialect of tempo');

function about(report: unknown, known: unknown, sources = [shop]) {
  return aboutSources({
    ...{ sources, backfillHours: 168, report, known, nowMillis },
    ...{ api: 'http://127.0.0.1:8000', shownDataDir: '.topolog', empty: 'WHAT TO DO' },
  });
}

describe('what npm start says of the sources', () => {
  it('tells what is there, when it is read, and what to ask first', () => {
    const text = about({ findings: [read] }, [{ id: 'shop', frontier: null }]);
    expect(text.split('\n')).toEqual([
      'Sources:',
      '  shop  http://prometheus.example:9090',
      '      `doctor`: 412 series in the dialect of tempo',
      '      never read; reading begins at 12:46:30 UTC (in 7 min): first the last 168 hours, then on, in windows of 15 min',
      '',
      'Nothing was read yet. Ask first:',
      '  node --env-file=.topolog/env dist/cli.js ingest --wait   # reads it now, without waiting',
      "  curl -s 'http://127.0.0.1:8000/api/v1/services'",
      "  curl -s 'http://127.0.0.1:8000/api/v1/windows?limit=3'   # what was read, and what was left out",
      '  node --env-file=.topolog/env dist/cli.js doctor',
      '',
    ]);
  });

  it('does not offer to read what was read, and says until when', () => {
    const text = about({ findings: [read] }, [
      { id: 'shop', frontier: '2026-12-01T12:30:00.000Z' },
    ]);
    expect(text).toContain(
      'read until 2026-12-01T12:30:00.000Z; the next window is read at 12:46:30',
    );
    expect(text).not.toContain('ingest --wait');
  });

  it('names the source that has something, where there are several, and what doctor has besides', () => {
    const other = { ...shop, id: 'other' };
    const wrong = finding('source.answers', 'wrong', 'It refuses.', 'source other');
    const late = finding('source.settle', 'doubtful', 'samples come late');
    const text = about({ findings: [wrong, read, late] }, [], [other, shop]);
    expect(text).toContain('`doctor`: It refuses.');
    expect(text).toContain('dialect of tempo; `doctor` has 1 more to say');
    expect(text).toContain('ingest --wait --source shop');
  });

  it('says what to do where no source has a service graph', () => {
    const none = finding(
      'source.answers',
      'doubtful',
      'it answers, but had no service graph metrics',
    );
    const text = about({ findings: [none] }, []);
    expect(text).toContain('`doctor`: it answers, but had no service graph metrics');
    expect(text.endsWith('\n\nWHAT TO DO')).toBe(true);
  });

  it('says so where doctor did not answer', () => {
    expect(about(undefined, undefined)).toContain('`doctor` did not tell in time what is there.');
  });

  it('reads a window as soon as it has settled', () => {
    const at = (text: string) => Date.parse(`2026-12-01T${text}Z`);
    expect(nextReading(shop, at('12:46:29'))).toBe(at('12:46:30'));
    expect(nextReading(shop, at('12:46:30'))).toBe(at('13:01:30'));
    const slow = { intervalMillis: minute, settleMillis: 90_000 };
    expect(nextReading(slow, at('12:00:00'))).toBe(at('12:00:30'));
  });

  it('says how anything comes into a Prometheus that was started empty', () => {
    const text = withoutData({ ...ours, remoteWrite: false });
    expect(text).toContain('.topolog/prometheus/scrape.d/NAME.yml');
    expect(text).toContain('npm start -- --no-demo --remote-write');
    expect(withoutData({ ...ours, remoteWrite: true })).toContain(
      'write to http://127.0.0.1:9090/api/v1/write',
    );
    expect(withoutData({ ...ours, isOurs: false, remoteWrite: false })).toContain(
      'OTEL_GRAPH_DIALECT',
    );
  });
});
