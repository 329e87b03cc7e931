import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { neo4jPassword } from '../../dev/start/neo4j-password.mjs';
import { temporaryDirectory } from './temporary-directory.ts';

/** Data of a Neo4j that was given a password. */
function withData() {
  const dataDir = temporaryDirectory();
  mkdirSync(join(dataDir, 'neo4j', 'data', 'dbms'), { recursive: true });
  writeFileSync(join(dataDir, 'neo4j', 'data', 'dbms', 'auth.ini'), 'neo4j:…:\n');
  return dataDir;
}

describe('the password of Neo4j', () => {
  it('is made once, another for each folder, and is for nobody else to read', () => {
    const dataDir = temporaryDirectory();
    const password = neo4jPassword(dataDir);
    const file = join(dataDir, 'neo4j-password');
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(readFileSync(file, 'utf8')).toBe(`${password}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(neo4jPassword(dataDir)).toBe(password);
    expect(neo4jPassword(temporaryDirectory())).not.toBe(password);
  });

  it('may be one of the user, whose file is closed to others', () => {
    const dataDir = withData();
    const file = join(dataDir, 'neo4j-password');
    writeFileSync(file, 'chosen by me\n');
    chmodSync(file, 0o644);
    expect(neo4jPassword(dataDir)).toBe('chosen by me');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(file, 'short\n');
    expect(() => neo4jPassword(dataDir)).toThrow(/holds no password of eight characters or more/);
  });

  it('is taken from the settings of the last start where its file is gone', () => {
    const dataDir = withData();
    writeFileSync(join(dataDir, 'env'), "NEO4J_URI='bolt://x'\nNEO4J_PASSWORD='0123456789ab'\n");
    expect(neo4jPassword(dataDir)).toBe('0123456789ab');
    rmSync(join(dataDir, 'env'));
    expect(neo4jPassword(dataDir)).toBe('0123456789ab');
  });

  it('is not made up for data that have another', () => {
    expect(() => neo4jPassword(withData())).toThrow(
      /neo4j-password is gone, and the data in .+ put it back, or move these data away/,
    );
  });
});
