// Run as a process of its own by process.mjs. It does nothing but wait for its standard input to
// end, which happens however the launching process ends, SIGKILL included. Process groups that
// were announced and not taken back by then are stopped, the last started first.
import process from 'node:process';
import { createInterface } from 'node:readline';
import { signalGroup } from './group.mjs';
import { processIdentity } from './lock.mjs';
import { waitUntil } from './wait.mjs';

/** @type {Map<number, number>} process group and its grace in milliseconds */
const groups = new Map();

// The guard outlives whatever its launcher is told.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, pid, grace] = line.split(' ');
  if (verb === 'guard') groups.set(Number(pid), Number(grace));
  if (verb === 'release') groups.delete(Number(pid));
}

for (const [pid, grace] of [...groups].reverse()) {
  signalGroup(pid, 'SIGTERM');
  // Dead is enough: some systems are slow to bury orphans.
  await waitUntil(() => processIdentity(pid) === undefined, { timeoutMs: grace });
  signalGroup(pid, 'SIGKILL');
}
