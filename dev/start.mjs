// `npm start`: Topolog and all it needs on this machine, see start/options.mjs.
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Topolog needs Node 20.19 or newer and this is ${process.versions.node}: install it.`,
  );
  process.exit(1);
}

// Settings of this checkout; what the shell has set wins.
const settings = fileURLToPath(new URL('../.env', import.meta.url));
if (existsSync(settings)) process.loadEnvFile(settings);

// Only now, because an older Node may not even understand the rest.
const { main } = await import('./start/main.mjs');
await main(process.argv.slice(2));
