import { createRandom, pickSkewed, type Random, shuffled } from './random.ts';

/** One dependency as a producer's series tell of it; rates in requests a minute. */
export interface GeneratedDependency {
  readonly client: string;
  readonly server: string;
  readonly connectionType: '' | 'database' | 'messaging_system';
  /** The counter before the first window. */
  readonly requestsBefore: number;
  /** The rate in each window. */
  readonly rates: readonly number[];
  /** Share of requests that fail; 0 for those that have no failure series at all. */
  readonly failing: number;
}

export interface SystemSize {
  readonly services: number;
  readonly dependencies: number;
  readonly windows: number;
  readonly seed: number;
}

/** Popular servers are called by a large share of all services, popular clients call a few hundred. */
const serverSkew = 2.5;
const clientSkew = 2;

/** A system of services whose degrees have heavy tails, as those of real ones do. */
export function generateSystem(size: SystemSize): GeneratedDependency[] {
  const random = createRandom(size.seed);
  const names = Array.from({ length: size.services }, (_, index) =>
    index % 20 === 19 ? `store-${index}` : `service-${index}`,
  );
  const servers = shuffled(names, random);
  const clients = shuffled(names, random).filter((name) => !isStore(name));
  const dependencies: GeneratedDependency[] = [];
  const seen = new Set<string>();
  const add = (client: string, server: string) => {
    const key = `${client}|${server}`;
    if (client === server || seen.has(key)) return false;
    seen.add(key);
    dependencies.push(dependencyOf(client, server, size.windows, random));
    return true;
  };

  // Everybody has a caller, so that exactly as many services show as were asked for.
  for (const server of servers) {
    while (!add(pickSkewed(clients, clientSkew, random), server));
  }
  while (dependencies.length < size.dependencies) {
    add(pickSkewed(clients, clientSkew, random), pickSkewed(servers, serverSkew, random));
  }
  return dependencies;
}

function dependencyOf(
  client: string,
  server: string,
  windows: number,
  random: Random,
): GeneratedDependency {
  const rate = 1 + 600 * random() ** 4;
  return {
    client,
    server,
    connectionType: isStore(server) ? 'database' : random() < 0.05 ? 'messaging_system' : '',
    requestsBefore: Math.floor(1_000_000 * random()),
    rates: Array.from({ length: windows }, () => Math.ceil(rate * (0.5 + random()))),
    failing: random() < 0.2 ? 0.02 : 0,
  };
}

function isStore(name: string): boolean {
  return name.startsWith('store-');
}
