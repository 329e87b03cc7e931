import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ensureServer } from '../../../dev/stack/index.mjs';

const ops = fileURLToPath(new URL('../../../ops', import.meta.url));
const read = (file: string): unknown => parse(readFileSync(`${ops}/${file}`, 'utf8'));
const ruleFile = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string().optional() })) })),
});
const testFile = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z.array(
        z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) }),
      ),
    }),
  ),
});

describe.each(['alerts', 'slo'])('ops/%s', (folder) => {
  let promtool: { command: string; args: string[] };
  const run = (...args: string[]) =>
    execFileSync(promtool.command, [...promtool.args, ...args], { encoding: 'utf8' });

  beforeAll(async () => {
    promtool = await ensureServer('promtool');
  });

  it('has rules that Prometheus reads', () => {
    expect(
      run('check', 'rules', '--lint=all', '--lint-fatal', `${ops}/${folder}/topolog.yaml`),
    ).toContain('SUCCESS');
  });

  it('has alerts that fire when they should, and are quiet when they should be', () => {
    expect(run('test', 'rules', `${ops}/${folder}/tests/topolog.yaml`)).toContain('SUCCESS');
    // Days of an objective are evaluated.
  }, 180_000);

  it('tests both of every alert', () => {
    const alerts = ruleFile
      .parse(read(`${folder}/topolog.yaml`))
      .groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));
    const tested = testFile
      .parse(read(`${folder}/tests/topolog.yaml`))
      .tests.flatMap((test) => test.alert_rule_test);
    for (const [name, fires] of [
      ['fires', true],
      ['is quiet', false],
    ] as const) {
      const names = tested
        .filter(({ exp_alerts }) => exp_alerts.length > 0 === fires)
        .map(({ alertname }) => alertname);
      expect([name, [...names].sort()]).toEqual([name, [...alerts].sort()]);
    }
  });
});
