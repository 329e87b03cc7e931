import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { configSchema, loadConfig } from '../../src/runtime/config.ts';

const read = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');

const defaults: Readonly<Record<string, unknown>> = loadConfig({});
const settings = Object.entries(configSchema.shape).map(([name, { description }]) => {
  const value = defaults[name];
  return { name, description, fallback: value === undefined ? '' : String(value) };
});

describe('the documented configuration', () => {
  it('has every setting in the README, with its default and meaning', () => {
    const rows = read('README.md')
      .split('\n')
      .filter((line) => /^\| `[A-Z_0-9]+` \|/.test(line));
    expect(rows).toEqual(
      settings.map(
        ({ name, fallback, description }) =>
          `| \`${name}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${description} |`,
      ),
    );
  });

  it('has every setting in .env.example, with its default', () => {
    const lines = read('.env.example')
      .split('\n')
      .filter((line) => /^#?[A-Z_0-9]+=/.test(line))
      .map((line) => line.replace(/^#/, ''));
    expect(lines).toEqual(
      settings.map(({ name, fallback }) =>
        name === 'PROMETHEUS_URL' ? `${name}=http://127.0.0.1:9090` : `${name}=${fallback}`,
      ),
    );
  });
});
