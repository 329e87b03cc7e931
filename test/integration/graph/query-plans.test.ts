import neo4j, { type Driver, type Plan } from 'neo4j-driver';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { loadStatements } from '../../../src/graph/statements.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';

const statements = loadStatements();

function operatorsOf(plan: Plan): string[] {
  const name = plan.operatorType.replace(/@.*$/, '');
  return [name, ...plan.children.flatMap(operatorsOf)];
}

describe('the plans of what is asked of the past', () => {
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

  async function planOf(name: string) {
    const statement = statements.get(name);
    if (statement === undefined) throw new Error(`There is no ${name}.`);
    const given = Object.fromEntries([...statement.params.keys()].map((param) => [param, null]));
    const { summary } = await driver.executeQuery(`EXPLAIN ${statement.text}`, given);
    return summary.plan === false ? [] : operatorsOf(summary.plan);
  }

  it('finds the graph of an instant by the indexes of periods alone', async () => {
    const operators = await planOf('query/graph-at');
    expect(operators.filter((one) => one === 'DirectedRelationshipIndexSeek')).toHaveLength(2);
    expect(operators.filter((one) => /Scan$/.test(one))).toEqual([]);
  });

  it('walks a blast radius breadth first, each service once', async () => {
    const operators = await planOf('query/blast-radius');
    expect(operators.filter((one) => one.startsWith('VarLengthExpand(Pruning,BFS'))).toHaveLength(
      1,
    );
  });

  it.each(['query/graph-page', 'query/topology-page', 'query/past-page'])(
    '%s seeks along the ids, and sorts nothing',
    async (name) => {
      const operators = await planOf(name);
      expect(operators).toContain('DirectedRelationshipUniqueIndexSeekByRange');
      expect(operators.filter((one) => /Sort|Top|Scan$|^Eager$/.test(one))).toEqual([]);
    },
  );

  it('finds the last windows before an instant along their ends, and sorts none of them', async () => {
    const operators = await planOf('query/freshness');
    expect(operators, operators.join()).toContain('NodeIndexSeek');
    expect(operators.filter((one) => one.startsWith('Top'))).toEqual([]);
  });

  it.each([
    ['query/services-near', 'NodeIndexSeekByRange'],
    ['query/first-windows', 'NodeIndexSeek'],
  ])('%s takes the first of an order that an index has', async (name, seek) => {
    const operators = await planOf(name);
    expect(operators, operators.join()).toContain(seek);
    expect(operators.filter((one) => /^(Sort|Top|PartialTop|AllNodesScan)/.test(one))).toEqual([]);
  });

  it.each([
    'query/agreeing-sources',
    'query/changes',
    'query/feed-bounds',
    'query/diff',
    'query/count-differences',
    'query/count-clients',
    'query/dependencies-on',
    'query/dependencies-on-ahead',
    'query/dependencies-on-at',
    'query/dependencies-of-at',
    'query/upstream-at',
    'query/downstream-at',
    'query/dependency',
    'query/dependency-observed',
    'query/dependency-history',
  ])('%s scans nothing', async (name) => {
    const operators = await planOf(name);
    expect(operators.length).toBeGreaterThan(0);
    expect(
      operators.filter((one) => /(AllNodes|ByLabel|AllRelationships|ByType)Scan$/.test(one)),
    ).toEqual([]);
  });
});
