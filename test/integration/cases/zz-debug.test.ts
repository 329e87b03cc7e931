import { it } from 'vitest';
import { counter, doubtsOf, recordShapes, rowsOf } from '../../support/shapes.ts';

it('x', async () => {
  const a = { job: 'agent', instance: 'agent:1' };
  const b = { ...a, team: 'x' };
  const r = await recordShapes({
    s: [
      ...counter({ client: 'web', server: 'cart', ...a }, [[0, 100, 40000, 10]]),
      ...counter({ client: 'web', server: 'cart', ...b }, [[100, 180, 41000, 10]]),
      ...counter({ client: 'web', server: 'newer', ...b }, [[100.5, 180, 2, 0]]),
      ...counter({ client: 'web', server: 'newer2', ...b }, [[101, 180, 2, 0]]),
      ...counter({ client: 'web', server: 'newer3', ...b }, [[101.5, 180, 2, 0]]),
    ],
  });
  const all = await r.readAll('s', [90, 120], 15);
  console.log(JSON.stringify(rowsOf(all)), JSON.stringify(doubtsOf(all)));
  await r.stop();
});
