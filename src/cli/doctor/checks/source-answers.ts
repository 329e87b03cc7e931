import type { Config } from '../../../runtime/config.ts';
import { messageOf } from '../../../runtime/errors.ts';
import { nameOfReading } from '../../../sources/readings.ts';
import type { Source } from '../../../sources/source.ts';
import type { ExaminedSource, SourceCheck } from '../examined-source.ts';
import type { Found } from '../finding.ts';
import { settingOf } from '../settings.ts';
import { urlThatAnswers } from './source-url.ts';

/** Whether a source answers and has a service graph; where it does not answer, whether another URL does. */
export const sourceAnswers: SourceCheck = {
  name: 'answers',
  async check(examined) {
    const { config, source } = examined;
    try {
      return [await seriesOf(examined)];
    } catch (error) {
      const setting = settingOf(config, 'url');
      const said = messageOf(error);
      const better = await urlThatAnswers(source);
      const message = better === null ? said : `${said} But ${better}: write that as ${setting}.`;
      return [{ outcome: 'wrong', message, setting }];
    }
  },
};

/** Asks a source once what it has of a service graph in the last five minutes. */
async function seriesOf({ config, source, live }: ExaminedSource) {
  const { readings, census } = (await live()).plan;
  if (readings.length === 0) return empty('service graph metrics', config, source);
  const named = readings.map(nameOfReading).join(', ');
  if (census.series === 0) return empty(`series in the dialect of ${named}`, config, source);
  const message = `${census.series} series in the dialect of ${named}`;
  return { outcome: 'ok', message } satisfies Found;
}

/** A source that answers and has nothing; what it was asked with is what may be at fault. */
function empty(what: string, config: Config, source: Source): Found {
  const asked = [
    settingOf(config, 'dialect'),
    ...(source.metricPrefix === undefined ? [] : ['its metricPrefix']),
    ...(source.matchers?.length ? ['its matchers'] : []),
  ].join(' and ');
  return {
    outcome: 'doubtful',
    message: `it answers, but had no ${what} in the last 5 minutes: look at what writes them, and at ${asked}`,
    setting: asked,
  };
}
