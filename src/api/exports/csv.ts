import { stringify } from 'csv-stringify/sync';
import { attributesOfDependency, dependencyAttributes } from './attributes.ts';
import type { ExportFormat } from './format.ts';

const columns = [
  'id',
  'client',
  'server',
  'clientName',
  'serverName',
  ...Object.keys(dependencyAttributes),
];

/**
 * A row for each dependency (RFC 4180).
 *
 * A spreadsheet would run a text that begins like a formula; such a one has an apostrophe before it.
 */
function rows(records: readonly object[]): string {
  return stringify([...records], {
    columns,
    record_delimiter: 'windows',
    escape_formulas: true,
    quoted_match: /[\r\n]/,
  });
}

/** The dependencies as a table. */
export const csv: ExportFormat = {
  mediaType: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  createWriter: ({ topologyOnly }) => ({
    begin: () => `${columns.join()}\r\n`,
    part: ({ dependencies, ends }) =>
      rows(
        dependencies.map((row) => ({
          id: row.id,
          client: row.client,
          server: row.server,
          clientName: ends.get(row.client)?.name ?? '',
          serverName: ends.get(row.server)?.name ?? '',
          ...attributesOfDependency(row, topologyOnly),
        })),
      ),
    end: () => '',
  }),
};
