import type { OpenAPIHono } from '@hono/zod-openapi';
import type { RequestIdVariables } from 'hono/request-id';
import type { Registry } from 'prom-client';
import type { ChangeQueries } from '../graph/change-queries.ts';
import type { DependencyQueries } from '../graph/dependency-queries.ts';
import type { DiffQueries } from '../graph/diff-queries.ts';
import type { ImpactQueries } from '../graph/impact-queries.ts';
import type { Queries } from '../graph/queries.ts';
import type { WindowQueries } from '../graph/window-queries.ts';
import type { Authenticator } from '../keys/authenticator.ts';
import type { Keys } from '../keys/keys.ts';
import type { Runs } from '../runs/runs.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Caller } from './caller.ts';
import type { ChangeWatch } from './change-watch.ts';

/** Who may ask, and the keys they show. */
export interface ApiAccess {
  /** `null` where anybody may do everything. */
  readonly authenticator: Authenticator | null;
  readonly keys: Keys;
  /** Whether metrics are for keys with the scope `read` only. */
  readonly metricsNeedKey: boolean;
}

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
  readonly access: ApiAccess;
  /** Dependency name → check that throws an AppError while the dependency cannot be used. */
  readonly readiness: Readonly<Record<string, () => Promise<void>>>;
  /** Whether the process is on its way out; it is not ready then, whatever the checks say. */
  readonly isShuttingDown: () => boolean;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly version: string;
  /** The present, in epoch milliseconds. */
  readonly now: () => number;
}

interface ApiVariables extends RequestIdVariables {
  caller: Caller;
  /** Why nobody was recognised; thrown by what is not open to all. */
  refusal?: unknown;
  /** Whether who asked may still ask; for answers that go on for long. */
  stillAllowed: () => Promise<boolean>;
  /** Id of what a request that writes was about, for the audit log. */
  subject?: string;
}

export type ApiEnv = { Variables: ApiVariables };
export type Api = OpenAPIHono<ApiEnv>;
