import neo4j, { type Driver, type Plan } from 'neo4j-driver';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { loadStatements } from '../../../src/graph/statements.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';

const statements = [...loadStatements().values()];
const ingest = statements.filter(({ name }) => /^(ingest|maintenance)\//.test(name));

/** Operators that read more than a batch's own rows, or hold all of them back. */
const forbidden = ['Eager', 'AllNodesScan', 'NodeByLabelScan', 'UndirectedAllRelationshipsScan'];

/** Statements on one row or one limited batch, where there is little to hold back. */
const ofFewRows = [
  'ingest/advance-sequence',
  'ingest/close-run',
  'ingest/close-window',
  'ingest/count-changes',
  'ingest/delete-beliefs',
  'ingest/delete-impacts',
  'ingest/delete-producers',
  'ingest/count-window',
  'ingest/drop-plan',
  'ingest/recover-run',
  'ingest/claim-run-request',
  'ingest/settle-run-request',
  'maintenance/create-alias',
  'maintenance/delete-alias',
  'maintenance/delete-evidence',
  'maintenance/delete-past',
  'maintenance/delete-service',
  'maintenance/delete-source',
  'maintenance/delete-windows',
  'maintenance/prune-beliefs',
  'maintenance/prune-changes',
  'maintenance/prune-evidence',
  'maintenance/prune-services',
  'maintenance/prune-windows',
  'maintenance/rename-evidence',
  'maintenance/rename-source',
  'maintenance/rename-windows',
];

function operatorsOf(plan: Plan): string[] {
  const name = plan.operatorType.replace(/@.*$/, '');
  return [name, ...plan.children.flatMap(operatorsOf)];
}

describe('the plans of what writes', () => {
  let graph: TestGraph;
  let driver: Driver;

  beforeAll(async () => {
    graph = await openTestGraph();
    driver = neo4j.driver(inject('neo4jUri'));
  });
  afterAll(async () => {
    await driver.close();
    await graph.close();
  });

  it.each(ingest)('$name touches only its own rows', async ({ name, text, params }) => {
    const given = Object.fromEntries([...params.keys()].map((name) => [name, null]));
    const { summary } = await driver.executeQuery(`EXPLAIN ${text}`, given);
    const operators = summary.plan === false ? [] : operatorsOf(summary.plan);
    expect(operators.length).toBeGreaterThan(0);
    const wrong = operators.filter((one) => forbidden.includes(one));
    const allowed =
      name === 'maintenance/prune-services' ? ['Eager', 'NodeByLabelScan'] : ['Eager'];
    expect(wrong.filter((one) => !allowed.includes(one) || !ofFewRows.includes(name))).toEqual([]);
  });
});
