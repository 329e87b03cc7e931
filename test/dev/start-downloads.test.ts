import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureServer } from '../../dev/stack/index.mjs';
import { findJava, which } from '../../dev/stack/tools.mjs';
import { archiveOf, sha256 } from './archives.ts';
import { checkout, freeOffset, npmStart } from './checkout.ts';
import { fileServer } from './file-server.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
const script = (...words: string[]) => `#!/bin/sh\nexec ${words.map(quoted).join(' ')} "$@"\n`;

/** A PATH with what every system has, and with no server, no Go, no JDK and no Maven. */
function barePath(): string {
  const folder = temporaryDirectory();
  const tools = ['sh', 'tar', 'gzip', 'ps', 'cp', 'rm', 'sed', 'dirname', 'uname', 'npm'];
  for (const tool of tools) symlinkSync(String(which(tool)), join(folder, tool));
  symlinkSync(process.execPath, join(folder, 'node'));
  return folder;
}

/** What the script of a Neo4j does with the configuration it is given, with the Neo4j of this machine. */
async function neo4jScript(): Promise<string> {
  const { from, command, args } = await ensureServer('neo4j');
  if (from !== 'cache') return script(command, ...args);
  return `#!/bin/sh
of() { sed -n "s/^$1=//p" "$NEO4J_CONF/neo4j.conf"; }
[ "$1" = console ] || exit 2
listen=$(of server.bolt.listen_address)
access=open; [ "$(of dbms.security.auth_enabled)" = true ] && access=password
exec "$JAVA_HOME/bin/java" ${args.map(quoted).join(' ')} \\
  "$(dirname "$(of server.directories.data)")" "\${listen##*:}" 64 "$access"
`;
}

/** A mirror of releases that hold the servers of this machine, and a checkout that pins them. */
async function releases(root: string) {
  const [prometheus, temporal] = [await ensureServer('prometheus'), await ensureServer('temporal')];
  const java = script(String(findJava('java')));
  const contents = {
    temporal: { temporal: script(temporal.command, ...temporal.args) },
    prometheus: { 'prometheus-9/prometheus': script(prometheus.command, ...prometheus.args) },
    neo4j: { 'neo4j-community-9/bin/neo4j': await neo4jScript() },
    java: { 'jdk-9-jre/bin/java': java },
  };
  const files: Record<string, Buffer> = {};
  const pinned: Record<string, object> = {};
  for (const [name, scripts] of Object.entries(contents)) {
    const archive = archiveOf(scripts);
    const file = `${name}-9.tar.gz`;
    const [program = ''] = Object.keys(scripts);
    const isListed = name === 'prometheus';
    files[`/${name}/9.0.0/${file}`] = archive;
    if (isListed) {
      files[`/${name}/9.0.0/sums.txt`] = Buffer.from(`${sha256(archive)}  ${file}\n`);
    }
    pinned[name] = {
      ...{ title: name, version: '9.0.0', from: 'https://releases.invalid', megabytes: 1 },
      ...(isListed ? { sums: 'sums.txt' } : {}),
      leadingFolders: name === 'temporal' ? 0 : 1,
      program: program.replace(/^[^/]+-9(-jre)?\//, ''),
      files: { any: { name: file, ...(isListed ? {} : { sha256: sha256(archive) }) } },
    };
  }
  writeFileSync(join(root, 'dev', 'releases.json'), JSON.stringify(pinned));
  return fileServer(files);
}

/** So long only what hangs takes. */
const hang = { timeout: 600_000 };

describe('npm start where releases can be downloaded', () => {
  it('needs no Go, JDK or Maven, and does nothing of it a second time', hang, async () => {
    const root = checkout();
    const mirror = await releases(root);
    const cache = temporaryDirectory();
    const env = { PATH: barePath(), XDG_CACHE_HOME: cache, JAVA_HOME: '' };
    const args = ['--port-offset', String(await freeOffset())];
    const start = async () => {
      const stack = await npmStart(root, args, { ...env, TOPOLOG_DOWNLOADS: mirror.url });
      expect(await stack.says('Ctrl-C stops it'), stack.said()).toBe(true);
      await stack.stop();
      return stack.said();
    };

    const first = await start();
    for (const name of ['prometheus', 'temporal', 'neo4j', 'java']) {
      expect(first).toContain(`Downloading ${name} 9.0.0 (first start only, about 1 MB) … done in`);
    }
    expect(first).toContain('Compiling Topolog … done in');
    expect(first).not.toContain('Building');
    expect(mirror.asked).toHaveLength(5);
    expect(readdirSync(join(cache, 'topolog', 'downloads'))).toEqual([]);

    const second = await start();
    expect(second).not.toMatch(/Downloading|Installing|Compiling|Building/);
    expect(second).toMatch(
      /^Ready after [\d.]+ s \(programs [\d.]+ s, packages and code [\d.]+ s, servers [\d.]+ s, schema [\d.]+ s, worker and API [\d.]+ s\)\.$/m,
    );
    expect(mirror.asked).toHaveLength(5);
  });

  it('builds what a mirror does not have, and says what that takes', hang, async () => {
    const root = checkout();
    const mirror = await fileServer({});
    const stack = await npmStart(root, ['--port-offset', String(await freeOffset())], {
      ...{ PATH: barePath(), XDG_CACHE_HOME: temporaryDirectory() },
      TOPOLOG_DOWNLOADS: mirror.url,
    });
    expect(await stack.exited).toEqual({ code: 1, signal: null });
    const [, , downloaded, built] = stack.said().trim().split('\n');
    expect(downloaded).toMatch(
      /^Prometheus 3\.\S+ was not downloaded: http:\S+\/prometheus\/3\.\S+\/sha256sums\.txt answers 404\.$/,
    );
    expect(built).toMatch(/^Building Prometheus 3\.\S+ needs Go .* there is none on the PATH/);
  });
});
