// Prints the count of the last test run, from the runner's own report.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const report = new URL('../test-results/vitest.json', import.meta.url);

try {
  /** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, numFailedTestSuites: number, success: boolean }} */
  const run = JSON.parse(readFileSync(report, 'utf8'));
  const skipped = run.numPendingTests + run.numTodoTests;
  console.log(
    `tests: ${run.numPassedTests} passed, ${run.numFailedTests} failed, ${skipped} skipped`,
  );
  if (!run.success) process.exitCode = 1;
} catch {
  console.error('There is no test report: the checks before the tests failed.');
  console.log('tests: 0 passed, 0 failed, 0 skipped');
  process.exitCode = 1;
}
