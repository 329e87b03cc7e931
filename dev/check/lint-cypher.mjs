// Checks every statement in cypher/: its header, its syntax, and its labels, types and parameters.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { lintCypherQuery } from '@neo4j-cypher/language-support';

const root = fileURLToPath(new URL('../../cypher', import.meta.url));

/** The words of the graph; one that is not here is misspelt, or belongs here. */
const labels = [
  'Service',
  'Source',
  'Window',
  'Run',
  'RunRequest',
  'Graph',
  'Alias',
  'Change',
  'Question',
  'Key',
  'Producer',
];
const relationshipTypes = [
  'OBSERVED',
  'DEPENDS_ON',
  'PLANNED',
  'READ',
  'STANDS_FOR',
  'DECLARED',
  'DEPENDED_ON',
  'IMPACTS',
  'WAS',
];

/**
 * @param {string} file
 * @returns {string[]} what is wrong with it
 */
function problemsOf(file) {
  const text = readFileSync(join(root, file), 'utf8');
  const problems = [];
  const declared = [...text.matchAll(/^\/\/ @param \{[\w<>]+\} (\w+)/gm)].map(([, name]) => name);
  const used = new Set([...text.matchAll(/\$(\w+)/g)].map(([, name]) => name));
  for (const name of used) if (!declared.includes(name)) problems.push(`$${name} is not declared`);
  for (const name of declared) if (!used.has(name ?? '')) problems.push(`${name} is not used`);
  if (!/^\/\/ @access (READ|WRITE|SCHEMA)$/m.test(text)) problems.push('has no @access line');
  if (!text.startsWith('// ')) problems.push('does not say in its first line what it is for');
  const { diagnostics } = lintCypherQuery(text, {
    labels,
    relationshipTypes,
    parameters: Object.fromEntries(declared.map((name) => [name, ''])),
  });
  for (const { message, range } of diagnostics) {
    problems.push(`line ${range.start.line + 1}: ${message}`);
  }
  return problems;
}

const files = readdirSync(root, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.cypher'))
  .sort();
let wrong = 0;
for (const file of files) {
  for (const problem of problemsOf(file)) {
    wrong += 1;
    console.error(`cypher/${file}: ${problem}`);
  }
}
console.log(`${files.length} Cypher files, ${wrong} problems`);
process.exitCode = wrong > 0 ? 1 : 0;
