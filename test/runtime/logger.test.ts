import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import { createLogger } from '../../src/runtime/logger.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = [];
  write(createLogger({ level: 'debug', process: 'api' }, { write: (line) => lines.push(line) }));
  return lines;
}

const key = `topolog_4fJ0aZ81xQc_${'aZ09'.repeat(12)}a`;
const letters = fc.stringMatching(/^[0-9A-Za-z]{8,40}$/);

describe('a log line', () => {
  it.each<[string, object]>([
    ['an Authorization header', { headers: { authorization: 'hunter2hunter2' } }],
    ['one with a capital', { req: { headers: { Authorization: 'Bearer hunter2hunter2' } } }],
    ['a cookie', { headers: { cookie: 'session=hunter2' } }],
    ['a password', { config: { password: 'hunter2' } }],
    ['a URL', { url: 'redis://:hunter2@cache:6379/0' }],
    ['a URL whose password has an at', { url: 'https://me:a@hunter2@example.com/x' }],
    ['an error', { err: new Error('cannot reach bolt://neo4j:hunter2@db:7687') }],
    [
      'the cause of an error',
      {
        err: new AppError('GraphUnavailable', 'Neo4j is away.', {
          cause: new Error('GET https://user:hunter2@prometheus/api failed'),
        }),
      },
    ],
    [
      'what an error was told',
      { err: new AppError('Internal', 'x', { details: { secret: 'hunter2' } }) },
    ],
    ['what a server said', { err: new Error('got "Authorization: Bearer hunter2hunter2"') }],
  ])('shows nothing secret of %s', (_, entry) => {
    const [line = ''] = logged((logger) => logger.info(entry, 'request'));
    expect(line).toContain('[secret]');
    expect(line).not.toContain('hunter2');
    expect(JSON.parse(line)).toMatchObject({ msg: 'request', process: 'api' });
  });

  it('names a key by its id, wherever it stands', () => {
    const [line = ''] = logged((logger) =>
      logger.info({ path: `/api/v1/services/${key}`, err: new Error(`no ${key}`) }, `of ${key}`),
    );
    expect(line).not.toContain('aZ09aZ09');
    expect(line.match(/topolog_4fJ0aZ81xQc_\[secret\]/g)?.length).toBeGreaterThanOrEqual(3);
  });

  test.prop([fc.webUrl(), letters, letters])(
    'never has the password of a URL',
    (url, user, pass) => {
      const withPassword = url.replace('://', `://${user}:${pass}@`);
      const [line = ''] = logged((logger) => logger.warn({ err: new Error(withPassword) }, 'x'));
      expect(line).toContain('://[secret]@');
      expect(line).not.toContain(`${user}:${pass}`);
    },
  );

  test.prop([fc.string({ unit: 'binary', maxLength: 200 })])(
    'is one line of JSON that says what it was told, whatever that is',
    (text) => {
      const lines = logged((logger) => logger.info({ path: text }, 'request'));
      expect(lines).toHaveLength(1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(lines[0]?.slice(0, -1)).not.toMatch(/[\u0000-\u001f]/);
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ path: text });
    },
  );

  it('keeps addresses and texts that only look alike', () => {
    const text =
      'mail me@example.com about https://example.com/@a and topolog_neo4j_statements_total';
    const [line = ''] = logged((logger) => logger.info({ text }, 'request'));
    expect(JSON.parse(line)).toMatchObject({ text });
  });
});
