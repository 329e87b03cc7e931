import type { Driver } from 'neo4j-driver';
import { everything } from '../../src/domain/view.ts';
import { createChangeQueries } from '../../src/graph/change-queries.ts';
import { createDatabase } from '../../src/graph/database.ts';
import { createImpactQueries } from '../../src/graph/impact-queries.ts';
import { createQueries } from '../../src/graph/queries.ts';
import { loadStatements } from '../../src/graph/statements.ts';
import { nowMillis } from './write-history.ts';

/** A question as the API is asked, and as the product asks the graph for it. */
export interface Question {
  readonly name: string;
  readonly path: string;
  readonly ask: (driver: Driver) => Promise<unknown>;
}

const database = (driver: Driver) =>
  createDatabase({ driver, database: 'neo4j', statements: loadStatements() });
const queries = (driver: Driver) => createQueries(database(driver), { now: () => nowMillis });
/** What a console, an alert and a person in an incident ask. */
export const questions: readonly Question[] = [
  {
    name: 'the whole graph',
    path: '/api/v1/graph',
    ask: (driver) => queries(driver).graph(everything),
  },
  {
    name: '1,000 services',
    path: '/api/v1/services?limit=1000',
    ask: (driver) => queries(driver).services(everything, {}, '', 1000),
  },
  {
    name: 'dependencies, two hops',
    path: '/api/v1/services/s1/dependencies?depth=2&direction=upstream',
    ask: (driver) => queries(driver).dependencies(everything, 's1', 'upstream', 2),
  },
  {
    name: '1,000 changes',
    path: '/api/v1/changes?limit=1000',
    ask: (driver) => createChangeQueries(database(driver)).changes(everything, 0, 1000, {}),
  },
  {
    name: 'blast radius, three hops',
    path: '/api/v1/services/i1/blast-radius?depth=3&limit=1000',
    ask: (driver) =>
      createImpactQueries(database(driver)).blastRadius(everything, 'i1', 3, 1000, null),
  },
  {
    name: 'one service',
    path: '/api/v1/services/s1',
    ask: (driver) => queries(driver).service(everything, 's1'),
  },
];
