import { toDependency } from '../schemas/dependency.ts';
import { toService } from '../schemas/service.ts';
import { toTopologyDependency, toTopologyService } from '../schemas/topology.ts';
import type { ExportFormat } from './format.ts';

/** One JSON value a line. */
export const ndjson: ExportFormat = {
  mediaType: 'application/x-ndjson',
  extension: 'ndjson',
  createWriter({ at, topologyOnly }) {
    const service = topologyOnly ? toTopologyService : toService;
    const dependency = topologyOnly ? toTopologyDependency : toDependency;
    const line = (value: object) => `${JSON.stringify(value)}\n`;
    return {
      begin: () => line({ type: 'graph', at, view: topologyOnly ? 'topology' : 'full' }),
      part({ services, dependencies }) {
        const lines = services.map((row) => line({ type: 'service', ...service(row) }));
        for (const row of dependencies) {
          const { distance } = row;
          lines.push(line({ type: 'dependency', ...dependency(row), distance }));
        }
        return lines.join('');
      },
      end: ({ standing, ...tail }) => line({ type: 'end', ...tail, ...standing }),
    };
  },
};
