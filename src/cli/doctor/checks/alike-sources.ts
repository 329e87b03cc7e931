import type { Agreement } from '../../../graph/source-agreement.ts';
import type { Config } from '../../../runtime/config.ts';
import { AppError } from '../../../runtime/errors.ts';
import { callGroupsOf } from '../../../sources/call-groups.ts';
import type { Source } from '../../../sources/source.ts';
import type { Check, Found } from '../finding.ts';
import { checkOf } from '../run-checks.ts';

export interface AlikeSources {
  readonly config: Config;
  readonly sources: readonly Source[];
  /** The sources that have counted pairs of one in the same windows of late. */
  readonly agreementsOf: (source: string) => Promise<readonly Agreement[]>;
}

/** Fewer shared pairs may agree by chance, and so may a smaller share of them. */
const tellingPairs = 5;
const tellingShare = 0.9;
/** Each source is a question; among more it is not asked. */
const mostSources = 50;

const withinMillis = 60_000;

/** Whether sources whose traffic is added have counted the same calls. */
export function alikeSourcesCheck({ config, sources, agreementsOf }: AlikeSources): Check[] {
  if (sources.length < 2) return [];
  return [
    checkOf({
      check: 'sources.alike',
      name: 'sources',
      where: config.TOPOLOG_SOURCES_FILE ?? 'PROMETHEUS_URL',
      withinMillis,
      async look() {
        const groups = callGroupsOf(sources);
        const found: Found[] = [];
        for (const { id } of sources.slice(0, mostSources)) {
          for (const { other, shared, agreeing } of await agreementsOrNone(agreementsOf, id)) {
            // Each two of them are told once, and those that are gone not at all.
            if (other <= id || !groups.has(other) || groups.get(other) === groups.get(id)) continue;
            if (shared < tellingPairs || agreeing < tellingShare * shared) continue;
            const message = `${id} and ${other} have both counted ${shared} pairs, and ${agreeing} of them alike; their requests are added: if they see the same calls, set sameCallsAs of one to the other`;
            found.push({ outcome: 'doubtful', message, setting: 'sameCallsAs' });
          }
        }
        return found;
      },
    }),
  ];
}

/** A graph that does not answer is a finding of its own. */
async function agreementsOrNone(
  agreementsOf: AlikeSources['agreementsOf'],
  source: string,
): Promise<readonly Agreement[]> {
  try {
    return await agreementsOf(source);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
