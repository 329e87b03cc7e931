import { describe, expect, it } from 'vitest';
import { createTestApp } from './doubles.ts';

const get = (path: string) => createTestApp().app.request(path);

/** The paths a page at /docs loads. */
async function loadedPaths(): Promise<string[]> {
  const page = await (await get('/docs')).text();
  const found = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1] ?? '');
  return found.map((path) => new URL(path, 'http://here.test/docs').pathname);
}

describe('the documentation', () => {
  it('is a page whose policy lets it load from this server only', async () => {
    const response = await get('/docs');
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toMatch(/^text\/html/);
    const policy = response.headers.get('Content-Security-Policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toMatch(/https?:|\*/);
  });

  it('has no inline script and no foreign host in the page or its own script', async () => {
    const page = await (await get('/docs')).text();
    expect(page).not.toMatch(/<script>|<script(?![^>]*src=)|\son\w+="/);
    for (const path of ['/docs', '/docs/init.js']) {
      expect(await (await get(path)).text()).not.toMatch(/\/\//);
    }
  });

  it('loads only files that this server has, each with its type', async () => {
    const paths = await loadedPaths();
    expect(paths).toHaveLength(4);
    const types = { css: 'text/css', js: 'text/javascript', png: 'image/png' };
    for (const path of paths) {
      const response = await get(path);
      expect(response.status, path).toBe(200);
      const type = types[path.split('.').at(-1) as keyof typeof types];
      expect(response.headers.get('Content-Type'), path).toContain(type);
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(50);
    }
  });

  it('loads no style from a foreign host', async () => {
    const style = await (await get('/docs/swagger-ui.css')).text();
    expect(style).not.toMatch(/@import|url\(["']?(?:https?:)?\/\//);
  });

  it('shows the document of this server and asks no validator elsewhere', async () => {
    const script = await (await get('/docs/init.js')).text();
    expect(script).toContain("url: 'openapi.json'");
    expect(script).toContain('validatorUrl: null');
  });

  it.each(['package.json', 'index.html', '..%2Fpackage.json', '__proto__', 'constructor'])(
    'does not serve %s of the package',
    async (name) => {
      expect((await get(`/docs/${name}`)).status).toBe(404);
    },
  );

  it('is found with a slash at the end, and from the root', async () => {
    const root = await get('/');
    expect([root.status, root.headers.get('Location')]).toEqual([302, 'docs']);
    const response = await get('/docs/');
    expect(response.status).toBe(308);
    expect(new URL(response.headers.get('Location') ?? '', 'http://here.test/docs/').pathname).toBe(
      '/docs',
    );
  });
});
