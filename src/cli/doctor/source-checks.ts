import type { Config } from '../../runtime/config.ts';
import type { Source } from '../../sources/source.ts';
import { samplesComeInTime } from './checks/late-samples.ts';
import { sourceAnswers } from './checks/source-answers.ts';
import { runIsFailing, sourceIsRead, windowsAreComplete, windowsTell } from './checks/windows.ts';
import type { ExaminedSource, SourceCheck } from './examined-source.ts';
import type { Check } from './finding.ts';
import { checkOf } from './run-checks.ts';

/** Every check of a source; a new one is an entry here. */
const sourceCheckList: readonly SourceCheck[] = [
  sourceAnswers,
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
      look: () => check(examined),
    }),
  );
}

/** The setting to change where the address of a source is wrong. */
function placeOf({ TOPOLOG_SOURCES_FILE: file }: Config, { id }: Source): string {
  return file === undefined ? 'PROMETHEUS_URL' : `${file} ${id}`;
}
