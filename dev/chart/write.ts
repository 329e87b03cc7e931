// `npm run chart`: writes what of the chart follows from other files. The tests compare.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chart, filesOf, readmeText, root, schemaText, shipped } from './generate.ts';

writeFileSync(join(chart, 'values.schema.json'), schemaText());
const readme = join(chart, 'README.md');
writeFileSync(readme, readmeText(readFileSync(readme, 'utf8')));
for (const { from, to, ending } of shipped) {
  const folder = join(chart, to);
  rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of filesOf(join(root, from), ending)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
