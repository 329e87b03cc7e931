import { writeFile } from 'node:fs/promises';
import { runMain } from './runtime/main.ts';
import { bundleWorkflows, prebuiltBundle } from './runtime/workflow-code.ts';

// Run once when an image is built, so that its workers start without bundling, traced or not.
runMain(async () => {
  for (const isTraced of [false, true]) {
    const { code } = await bundleWorkflows(isTraced);
    const file = prebuiltBundle(isTraced);
    await writeFile(file, code);
    process.stdout.write(`${file}: ${Math.round(code.length / 1024)} KiB\n`);
  }
});
