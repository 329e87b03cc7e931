import { settleOf } from '../../../domain/settle.ts';
import type { SourceCheck } from '../examined-source.ts';
import type { Found } from '../finding.ts';
import { settingOf } from '../settings.ts';

/** Whether samples come before their window is read. */
export const samplesComeInTime: SourceCheck = {
  name: 'late',
  async check({ config, source, records: read }) {
    const records = await read();
    if (records === null) return [];
    const setting = settingOf(config, 'settle');
    const found: Found[] = [];
    const { intervalMillis, settleMillis: configuredMillis } = source;
    const millis = settleOf(records.settleMillis, { configuredMillis, intervalMillis });
    if (millis > configuredMillis) {
      const seconds = millis / 1000;
      const message = `samples come later than ${configuredMillis / 1000} s after the end of a window, so that its windows settle for ${seconds} s by now: set ${setting} to ${seconds} s, or find out what holds the samples up`;
      found.push({ outcome: 'doubtful', message, setting });
    }
    const late = records.windows.filter(({ lateSamples }) => lateSamples).length;
    if (late > 0) {
      const message = `samples came for ${late} of its last ${records.windows.length} windows after they were read, which they do not count until they are read again, by themselves within REREAD_WITHIN_HOURS: set ${setting} higher`;
      found.push({ outcome: 'doubtful', message, setting });
    }
    return found;
  },
};
