import { writeFile } from 'node:fs/promises';
import { runMain } from './runtime/main.ts';
import { bundleWorkflows, prebuiltBundle } from './runtime/workflow-code.ts';

// Run once when an image is built, so that its workers start without bundling.
runMain(async () => {
  const { code } = await bundleWorkflows();
  await writeFile(prebuiltBundle, code);
  process.stdout.write(`${prebuiltBundle}: ${Math.round(code.length / 1024)} KiB\n`);
});
