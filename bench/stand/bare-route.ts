// A Hono app of one route that sends the statements of a question and answers with their rows: what
// the API is measured against. The question comes by IPC, and the port goes back by it.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { openDriver } from '../../src/graph/database.ts';
import { questions } from './questions.ts';
import { send, statementsOf } from './recorded-driver.ts';

interface Start {
  readonly neo4jUri: string;
  readonly question: string;
}

process.once('message', async ({ neo4jUri, question }: Start) => {
  const driver = openDriver({ uri: neo4jUri, user: 'neo4j', password: undefined });
  const asked = questions.find(({ name }) => name === question);
  if (asked === undefined) throw new Error(`There is no question ${question}.`);
  const statements = await statementsOf(driver, asked.ask);
  const app = new Hono();
  app.get('/', async (c) => c.json(await send(driver, statements)));
  serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send?.(port));
});
process.once('disconnect', () => process.exit());
