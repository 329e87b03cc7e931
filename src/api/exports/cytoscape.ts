import { attributesOfDependency, attributesOfService } from './attributes.ts';
import type { ExportFormat } from './format.ts';

/** The JSON that `cytoscape({ ... })` and `cy.json()` take: nodes and edges in one list. */
export const cytoscape: ExportFormat = {
  mediaType: 'application/json',
  extension: 'cyjs',
  createWriter({ at, topologyOnly }) {
    let separator = '';
    const element = (value: object) => {
      const text = separator + JSON.stringify(value);
      separator = ',\n';
      return text;
    };
    return {
      begin: () => '{"elements":[\n',
      part: ({ services, dependencies }) =>
        [
          ...services.map((row) => ({
            group: 'nodes',
            data: { id: row.id, ...attributesOfService(row, topologyOnly) },
          })),
          ...dependencies.map((row) => ({
            group: 'edges',
            data: {
              id: row.id,
              source: row.client,
              target: row.server,
              ...attributesOfDependency(row, topologyOnly),
              modes: row.modes,
              conflicts: row.conflicts,
            },
          })),
        ]
          .map(element)
          .join(''),
      end: ({ truncated, standing }) => {
        const data = { at, truncated, ...standing };
        return `\n],"data":${JSON.stringify(data)}}\n`;
      },
    };
  },
};
