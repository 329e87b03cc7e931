import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Tracer } from '@opentelemetry/api';
import type { RequestIdVariables } from 'hono/request-id';
import type { Registry } from 'prom-client';
import type { ChangeQueries } from '../graph/change-queries.ts';
import type { DependencyQueries } from '../graph/dependency-queries.ts';
import type { DiffQueries } from '../graph/diff-queries.ts';
import type { ImpactQueries } from '../graph/impact-queries.ts';
import type { Queries } from '../graph/queries.ts';
import type { WindowQueries } from '../graph/window-queries.ts';
import type { Runs } from '../runs/runs.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Caller } from './caller.ts';
import type { ChangeWatch } from './change-watch.ts';

/** Everything the API needs from outside. */
export interface ApiDeps {
  readonly queries: Queries;
  readonly windows: WindowQueries;
  readonly changes: ChangeQueries;
  readonly watch: ChangeWatch;
  readonly diffs: DiffQueries;
  readonly explanations: DependencyQueries;
  readonly impacts: ImpactQueries;
  readonly runs: Runs;
  /** Dependency name → check that throws an AppError while the dependency cannot be used. */
  readonly readiness: Readonly<Record<string, () => Promise<void>>>;
  /** Whether the process is on its way out; it is not ready then, whatever the checks say. */
  readonly isShuttingDown: () => boolean;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Absent where requests are not traced. */
  readonly tracer?: Tracer | undefined;
  readonly version: string;
  /** The present, in epoch milliseconds. */
  readonly now: () => number;
}

export type ApiEnv = { Variables: RequestIdVariables & { caller: Caller } };
export type Api = OpenAPIHono<ApiEnv>;
