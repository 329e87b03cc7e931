import type { HttpBindings } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Tracer } from '@opentelemetry/api';
import type { RequestIdVariables } from 'hono/request-id';
import type { Registry } from 'prom-client';
import type { ChangeQueries } from '../graph/change-queries.ts';
import type { DependencyList } from '../graph/dependency-list.ts';
import type { DependencyQueries } from '../graph/dependency-queries.ts';
import type { DiffQueries } from '../graph/diff-queries.ts';
import type { GraphPages } from '../graph/graph-pages.ts';
import type { ImpactQueries } from '../graph/impact-queries.ts';
import type { Queries } from '../graph/queries.ts';
import type { TokenQueries } from '../graph/token-queries.ts';
import type { WindowQueries } from '../graph/window-queries.ts';
import type { Authenticator } from '../keys/authenticator.ts';
import type { Keys } from '../keys/keys.ts';
import type { Runs } from '../runs/runs.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Caller } from './caller.ts';
import type { ChangeWatch } from './change-watch.ts';
import type { RateLimiter } from './rate-limiter.ts';

export interface InFlightLimits {
  /** Requests this process works on at the same time. */
  readonly perProcess: number;
  /** Answers one caller may be waiting for or reading at the same time. */
  readonly perCaller: number;
}

/** How much is taken on from whom; without it anything, from the address of the peer. */
export interface ApiLimits {
  readonly rate: RateLimiter;
  readonly inFlight: InFlightLimits;
  /** Addresses and networks of the proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

/** Who may ask, and the keys they show. */
export interface ApiAccess {
  /** `null` where anybody may do everything who asks the server by one of its own names. */
  readonly authenticator: Authenticator | null;
  /** Names, addresses and networks that are the server's, beside loopback; where no keys are asked for. */
  readonly allowedHosts?: readonly string[];
  readonly keys: Keys;
  /** Whether metrics are for keys with the scope `read` only. */
  readonly metricsNeedKey: boolean;
}

/** Everything the API needs from outside. */
export interface ApiDeps {
  readonly queries: Queries;
  readonly dependencies: DependencyList;
  readonly pages: GraphPages;
  readonly windows: WindowQueries;
  readonly changes: ChangeQueries;
  readonly watch: ChangeWatch;
  readonly diffs: DiffQueries;
  readonly explanations: DependencyQueries;
  readonly impacts: ImpactQueries;
  readonly tokens: TokenQueries;
  readonly runs: Runs;
  readonly access: ApiAccess;
  /** Dependency name → check that throws an AppError while the dependency cannot be used. */
  readonly readiness: Readonly<Record<string, () => Promise<void>>>;
  /** Whether the process is on its way out; it is not ready then, whatever the checks say. */
  readonly isShuttingDown: () => boolean;
  readonly limits?: ApiLimits;
  /** Whose pages may read the API in a browser; nobody's without it. */
  readonly corsOrigins?: readonly string[];
  readonly logger: Logger;
  readonly registry: Registry;
  /** Absent where requests are not traced. */
  readonly tracer?: Tracer | undefined;
  readonly version: string;
  /** The present, in epoch milliseconds. */
  readonly now: () => number;
}

interface ApiVariables extends RequestIdVariables {
  caller: Caller;
  /** Where the request comes from, as far as it is known. */
  clientAddress: string;
  /** Why nobody was recognised; thrown by what is not open to all. */
  refusal?: unknown;
  /** Whether a key was shown that is none. */
  isRefusedKey?: boolean;
  /** Whether who asked may still ask; for answers that go on for long. */
  stillAllowed: () => Promise<boolean>;
  /** Id of what a request that writes was about, for the audit log. */
  subject?: string;
}

export type ApiEnv = {
  /** What a request came with; nothing where the app is asked without a server. */
  Bindings: Partial<HttpBindings>;
  Variables: ApiVariables;
};
export type Api = OpenAPIHono<ApiEnv>;
