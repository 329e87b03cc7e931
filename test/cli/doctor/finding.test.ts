import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  exitCodeOf,
  type Finding,
  linesOf,
  type Outcome,
  overall,
  reportOf,
} from '../../../src/cli/doctor/finding.ts';
import { checkOf, runChecks, type ServerCheck } from '../../../src/cli/doctor/run-checks.ts';

const finding = (outcome: Outcome, given: Partial<Finding> = {}): Finding => ({
  name: 'source shop',
  check: 'source.answers',
  outcome,
  where: 'PROMETHEUS_URL http://shop',
  message: null,
  setting: null,
  ...given,
});

describe('the outcome of all checks', () => {
  it.each([
    [[], 'ok', 0],
    [['ok', 'ok'], 'ok', 0],
    [['ok', 'doubtful', 'ok'], 'doubtful', 3],
    [['doubtful', 'wrong', 'ok'], 'wrong', 1],
  ] as const)('of %j is %s, with exit code %i', (outcomes, outcome, code) => {
    const findings = outcomes.map((one) => finding(one));
    expect(overall(findings)).toBe(outcome);
    expect(exitCodeOf(overall(findings))).toBe(code);
    expect(reportOf(findings)).toEqual({ outcome, findings });
  });
});

describe('what is printed', () => {
  it('names the setting that helps, once', () => {
    const lines = linesOf([
      finding('doubtful', { message: 'It is odd.', setting: 'REACH' }),
      finding('wrong', { message: 'Set REACH.', setting: 'REACH' }),
    ]);
    expect(lines).toEqual([
      'DOUBTFUL  source shop          PROMETHEUS_URL http://shop\n          It is odd.\n          look at: REACH',
      'WRONG     source shop          PROMETHEUS_URL http://shop\n          Set REACH.',
    ]);
  });

  it('leaves out a further check that found nothing, and never the only one', () => {
    expect(linesOf([finding('ok', { message: '7 series' }), finding('ok')])).toHaveLength(1);
    expect(linesOf([finding('ok')])).toHaveLength(1);
  });
});

describe('a check', () => {
  const run = (given: Partial<ServerCheck>, said: string[] = []) => {
    const server = { check: 'x.answers', name: 'x', where: 'X_URL x', setting: 'X_URL' };
    const look = async () => ({ outcome: 'ok' as const, message: 'here' });
    const check = checkOf({ ...server, withinMillis: 10_000, look, ...given });
    return runChecks([check], (text) => said.push(text));
  };

  it('that found nothing is ok', async () => {
    expect(await run({ look: async () => [] })).toMatchObject([{ outcome: 'ok', message: null }]);
  });

  it('of a server that is slow and answers is doubtful, not wrong', async () => {
    const look = async () => {
      await delay(50);
      return { outcome: 'ok' as const, message: 'here' };
    };
    expect(await run({ slowMillis: 10, look })).toMatchObject([
      {
        outcome: 'doubtful',
        message: expect.stringMatching(/^here; it is slow: it took 0\.\d s to answer$/),
        setting: 'X_URL',
      },
    ]);
  });

  it('that takes longer than a second says what it waits for, and is given up at its bound', async () => {
    const said: string[] = [];
    const look = () => new Promise<never>(() => {});
    expect(await run({ withinMillis: 1500, look }, said)).toMatchObject([
      { outcome: 'wrong', message: 'It gave no answer within 2 s.', setting: 'X_URL' },
    ]);
    expect(said).toEqual(['waiting for x (x.answers) …']);
  });

  it('that throws is wrong with what it threw', async () => {
    const look = async () => {
      throw new Error('No.');
    };
    expect(await run({ look })).toMatchObject([{ outcome: 'wrong', message: 'No.' }]);
  });
});
