import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8');

const annotated = z.object({
  alert: z.string(),
  labels: z.object({ severity: z.enum(['critical', 'warning']) }),
  annotations: z.object({ summary: z.string(), description: z.string(), runbook_url: z.url() }),
});
const ruleFile = z.object({
  groups: z.array(z.object({ rules: z.array(z.record(z.string(), z.unknown())) })),
});
const alerts = ['ops/alerts/topolog.yaml', 'ops/slo/topolog.yaml'].flatMap((file) =>
  ruleFile
    .parse(parse(read(file)))
    .groups.flatMap(({ rules }) => rules)
    .filter((rule) => 'alert' in rule)
    .map((rule) => annotated.parse(rule)),
);

const runbook = read('docs/runbook.md');
/** The anchors of headings, as GitHub makes them. */
const anchors = new Set(
  [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  ),
);

describe('the runbook', () => {
  it.each(alerts)('has a place for $alert, which links to it', ({ alert, annotations }) => {
    expect(new URL(annotations.runbook_url).pathname).toMatch(/\/docs\/runbook\.md$/);
    expect(annotations.runbook_url.split('#')[1]).toBe(alert.toLowerCase());
    expect(anchors).toContain(alert.toLowerCase());
  });

  it('says of each alert what it looks like, what to check and what to do', () => {
    const [, ...parts] = runbook.split(/^## /m);
    const ofAlerts = parts.filter((part) => part.startsWith('Topolog'));
    expect(ofAlerts.map((part) => part.split('\n')[0])).toEqual(alerts.map(({ alert }) => alert));
    for (const part of ofAlerts) {
      expect(part).toContain('**Symptom.**');
      expect(part).toMatch(/\*\*(Check|Check and act)\.\*\*/);
      expect(part).toMatch(/\*\*(Act|Check and act)\.\*\*/);
    }
  });

  it('links to nothing that is not there', () => {
    const links = [...runbook.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
  });

  it('names commands and settings that there are', () => {
    const cli = readdirSync(`${root}src/cli`)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => read(`src/cli/${file}`))
      .join();
    const said = [...runbook.matchAll(/topolog ([a-z-]+)/g)].map(([, command = '']) => command);
    // The commands of keys are beside those of the graph.
    const known = new Set([...cli.matchAll(/\.command\('([a-z-]+)/g)].map(([, name]) => name));
    expect(said.filter((command) => !known.has(command) && command !== 'keys')).toEqual([]);
    const config = read('src/runtime/config.ts');
    const settings = [...runbook.matchAll(/`((?:[A-Z]+_)+[A-Z]+)`/g)].map(([, name = '']) => name);
    const ours = settings.filter((name) => !name.startsWith('TEMPORAL_API'));
    expect(ours.filter((name) => !config.includes(`  ${name}:`))).toEqual([]);
  });
});

const dashboard = z.object({
  uid: z.string().startsWith('topolog-'),
  title: z.string(),
  description: z.string().min(1),
  links: z.array(z.object({ tags: z.array(z.string()) })).min(1),
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string().min(1),
      datasource: z.object({ uid: z.literal(`\${datasource}`) }),
      fieldConfig: z.object({ defaults: z.object({ unit: z.string().min(1) }) }),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ expr: z.string().min(1) })).min(1),
    }),
  ),
});

describe('the dashboards', () => {
  const files = readdirSync(`${root}ops/dashboards`);

  it.each(files)('%s can be used with any data source, and its panels do not overlap', (file) => {
    const { templating, panels, links } = dashboard.parse(
      JSON.parse(read(`ops/dashboards/${file}`)),
    );
    expect(templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' });
    expect(links[0]?.tags).toEqual(['topolog']);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(cells.every((cell) => Number(cell.split(',')[0]) < 24)).toBe(true);
  });
});
