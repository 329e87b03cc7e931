import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort, startTemporal } from '../../../dev/stack/index.mjs';
import { temporaryDirectory } from '../../dev/temporary-directory.ts';

const workflow = 'api/v1/namespaces/default/workflows/forged';
const start = { workflowType: { name: 'tick' }, taskQueue: { name: 'topolog' } };
/** What any page may send without asking first. */
const asForm = {
  method: 'POST',
  headers: { 'content-type': 'text/plain', origin: 'https://evil.example' },
  body: JSON.stringify(start),
};

/** So long only what hangs takes. */
const hang = { timeout: 600_000 };

describe('the Temporal of npm start', () => {
  it('does nothing for a page in a browser', hang, async () => {
    const uiPort = await freePort();
    const temporal = await startTemporal({ dataDir: temporaryDirectory(), uiPort });
    onTestFinished(() => temporal.kill());
    const http = `http://127.0.0.1:${temporal.httpPort}`;

    const forged = await fetch(`${http}/${workflow}`, asForm);
    expect(forged.status).toBe(403);
    expect(await forged.text()).toContain('Host not allowed');
    expect((await fetch(`${http}/api/v1/namespaces`)).status).toBe(403);

    const byUi = await fetch(`${temporal.uiUrl}/${workflow}`, asForm);
    expect([400, 403]).toContain(byUi.status);
    expect(byUi.headers.get('access-control-allow-origin')).toBeNull();

    const listed = await fetch(`${temporal.uiUrl}/api/v1/namespaces/default/workflows`);
    expect(await listed.json()).not.toHaveProperty('executions.0');
  });
});
