// Run as a process of its own by cache.test.ts: node build-in-cache.mjs ROOT MILLISECONDS
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cached } from '../../dev/stack/cache.mjs';

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

const [root = '', milliseconds] = process.argv.slice(2);
const directory = await cached({
  name: 'thing-1',
  root,
  onWait: (pid) => say(`waiting for ${pid}`),
  build: async (part) => {
    writeFileSync(join(part, 'first'), '1');
    appendFileSync(join(root, 'builds'), `${process.pid}\n`);
    say('building');
    await sleep(Number(milliseconds));
    writeFileSync(join(part, 'second'), '2');
  },
});
say(`built ${directory}`);
