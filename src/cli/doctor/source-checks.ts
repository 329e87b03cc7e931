import type { Config } from '../../runtime/config.ts';
import { withoutOwnSecrets } from '../../sources/access.ts';
import type { Source } from '../../sources/source.ts';
import { samplesComeInTime } from './checks/late-samples.ts';
import { sourceAnswers } from './checks/source-answers.ts';
import { sourceLatency } from './checks/source-latency.ts';
import { sourceReadings, sourceServer } from './checks/source-metrics.ts';
import { sourceCopies, sourceFineness } from './checks/source-producers.ts';
import { runIsFailing, sourceIsRead, windowsAreComplete, windowsTell } from './checks/windows.ts';
import type { ExaminedSource, SourceCheck } from './examined-source.ts';
import type { Check } from './finding.ts';
import { checkOf } from './run-checks.ts';

/** Every check of a source; a new one is an entry here. */
const sourceCheckList: readonly SourceCheck[] = [
  sourceAnswers,
  sourceServer,
  sourceReadings,
  sourceLatency,
  sourceCopies,
  sourceFineness,
  sourceIsRead,
  runIsFailing,
  windowsAreComplete,
  samplesComeInTime,
  windowsTell,
];

/** Above what one question may take, as a check may ask some. */
const withinMillis = 60_000;

/** The checks of a source; what has nothing to say is not mentioned. */
export function sourceChecks(examined: ExaminedSource): Check[] {
  const { config, source } = examined;
  return sourceCheckList.map(({ name, check }) =>
    checkOf({
      check: `source.${name}`,
      name: `source ${source.id}`,
      where: `${placeOf(config, source)} ${source.url}`,
      withinMillis,
      look: async () => {
        const found = await check(examined);
        // A server may say in a label or an error what it was sent.
        return found.map((one) => ({ ...one, message: cleaned(source, one.message) }));
      },
    }),
  );
}

function cleaned({ access }: Source, message: string | null): string | null {
  return message === null ? null : withoutOwnSecrets(message, access);
}

/** The setting to change where the address of a source is wrong. */
function placeOf({ TOPOLOG_SOURCES_FILE: file }: Config, { id }: Source): string {
  return file === undefined ? 'PROMETHEUS_URL' : `${file} ${id}`;
}
