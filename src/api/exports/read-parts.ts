import { type GraphPages, isSelected } from '../../graph/graph-pages.ts';
import type { Queries } from '../../graph/queries.ts';
import type { At, ServiceRow } from '../../graph/resolve-service.ts';
import type { Standing } from '../../graph/standing.ts';
import type { ExportedDependency, ExportPart } from './format.ts';
import type { Selection } from './selection.ts';

export interface ReadingDeps {
  readonly queries: Queries;
  readonly pages: GraphPages;
}

/** What is read of the graph before its first dependency. */
export interface Reading {
  readonly parts: AsyncIterable<ExportPart>;
  /** Whether dependencies are left out because there are too many; known from the beginning. */
  readonly truncated: boolean;
  /** Read first, so that nothing that is shown is older than it says. */
  readonly standing: Standing;
}

/** Which part of the graph is read, and how. */
export interface ReadSelection extends Selection {
  readonly at: At;
  readonly topologyOnly: boolean;
  /** Whether all of it is kept until the end anyway, so that large pages do no harm. */
  readonly whole: boolean;
}

/** Dependencies of one part of what is around a focus. */
const partSize = 1000;
/** Dependencies of a page of what is kept until the end anyway. */
const wholePageSize = 10_000;

/**
 * Begins to read what was selected; of the whole graph the next part is read when it is asked for.
 *
 * @throws AppError `ServiceNotFound`, `AmbiguousService` for the focus.
 */
export async function readParts(
  selection: ReadSelection,
  { queries, pages }: ReadingDeps,
): Promise<Reading> {
  const { view, filter, focus, at, topologyOnly, whole } = selection;
  const isPlain = Object.values(filter).every((one) => one === undefined);
  if (focus === null && whole && isPlain && (at !== null || !topologyOnly)) {
    const graph = await queries.graph(view, at);
    const { freshness, coverage, truncated } = graph;
    return { parts: inParts([graph]), truncated, standing: { freshness, coverage } };
  }
  if (focus === null) {
    const standing = await queries.standing(at);
    const read = pages.pages(selection, whole ? wholePageSize : undefined);
    return { parts: inParts(read), truncated: false, standing };
  }
  const { word, direction, depth } = focus;
  const found = await queries.dependencies(view, word, direction, depth, at);
  const all = new Map([found.service, ...found.services].map((one) => [one.id, one]));
  const dependencies = found.dependencies.filter((one) =>
    isSelected(filter, one, endsOf(one, all)),
  );
  return {
    parts: inParts(slices(found.service, dependencies, all)),
    truncated: found.truncated,
    standing: { freshness: found.freshness, coverage: found.coverage },
  };
}

type Page = Pick<ExportPart, 'services' | 'dependencies'>;

/** Tells of each service once. Keeps their ids, which are few beside the dependencies. */
async function* inParts(pages: AsyncIterable<Page> | Iterable<Page>): AsyncGenerator<ExportPart> {
  const told = new Set<string>();
  for await (const { services, dependencies } of pages) {
    const fresh = services.filter(({ id }) => !told.has(id));
    for (const { id } of fresh) told.add(id);
    yield { services: fresh, dependencies, ends: new Map(services.map((one) => [one.id, one])) };
  }
}

/** The focus itself is there even where nothing is around it. */
function* slices(
  focus: ServiceRow,
  dependencies: readonly ExportedDependency[],
  all: ReadonlyMap<string, ServiceRow>,
): Generator<Page> {
  for (let begin = 0; begin === 0 || begin < dependencies.length; begin += partSize) {
    const part = dependencies.slice(begin, begin + partSize);
    const ends = new Map(part.flatMap((one) => endsOf(one, all)).map((end) => [end.id, end]));
    if (begin === 0) ends.set(focus.id, focus);
    yield { services: [...ends.values()], dependencies: part };
  }
}

function endsOf(
  { client, server }: ExportedDependency,
  all: ReadonlyMap<string, ServiceRow>,
): ServiceRow[] {
  return [client, server].flatMap((id) => all.get(id) ?? []);
}
