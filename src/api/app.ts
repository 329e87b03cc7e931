import { prometheus } from '@hono/prometheus';
import { OpenAPIHono } from '@hono/zod-openapi';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { describeConditionalReads, useConditionalReads } from './conditional-reads.ts';
import type { Api, ApiDeps, ApiEnv } from './deps.ts';
import {
  respondMethodNotAllowed,
  respondNotFound,
  respondWithProblem,
  throwOnInvalid,
} from './error-handlers.ts';
import { audit } from './middleware/audit.ts';
import { authenticate } from './middleware/authenticate.ts';
import { client } from './middleware/client.ts';
import { compression } from './middleware/compression.ts';
import { caching, crossOrigin, headers } from './middleware/headers.ts';
import { limitInFlight } from './middleware/limit-in-flight.ts';
import { limitRate } from './middleware/limit-rate.ts';
import { limitBody, limitTime, limitUrl } from './middleware/limits.ts';
import { refuseForeign } from './middleware/refuse-foreign.ts';
import { requestLog } from './middleware/request-log.ts';
import { traceRequests } from './middleware/trace-requests.ts';
import { registerOpenApi } from './openapi.ts';
import { registerCreateKey } from './routes/create-key.ts';
import { registerDocs } from './routes/docs.ts';
import { registerGetBlastRadius } from './routes/get-blast-radius.ts';
import { registerGetDependency } from './routes/get-dependency.ts';
import { registerGetDiff } from './routes/get-diff.ts';
import { registerGetGraph } from './routes/get-graph.ts';
import { registerGetHealth } from './routes/get-health.ts';
import { registerGetMetrics } from './routes/get-metrics.ts';
import { registerGetReadiness } from './routes/get-readiness.ts';
import { registerGetRun } from './routes/get-run.ts';
import { registerGetService } from './routes/get-service.ts';
import { registerJaeger } from './routes/jaeger.ts';
import { registerListChanges } from './routes/list-changes.ts';
import { registerListDependencies } from './routes/list-dependencies.ts';
import { registerListKeys } from './routes/list-keys.ts';
import { registerListRuns } from './routes/list-runs.ts';
import { registerListServiceDependencies } from './routes/list-service-dependencies.ts';
import { registerListServices } from './routes/list-services.ts';
import { registerListWindows } from './routes/list-windows.ts';
import { registerNodeGraph } from './routes/node-graph.ts';
import { registerOneKey } from './routes/one-key.ts';
import { registerStartRun } from './routes/start-run.ts';
import { registerStreamChanges } from './routes/stream-changes.ts';
import { registerZipkin } from './routes/zipkin.ts';

const health = ['/api/v1/health', '/api/v1/health/ready'];
const probes = [...health, '/api/v1/metrics'];

/** Creates the HTTP API; a registry can hold the metrics of one app only. */
export function createApp(deps: ApiDeps): Api {
  const app: Api = new OpenAPIHono<ApiEnv>({ defaultHook: throwOnInvalid });
  app.onError((error, c) => respondWithProblem(error, c));
  app.notFound(respondNotFound);

  app.use(requestId());
  if (deps.tracer) app.use(traceRequests(deps.tracer, probes));
  app.use(requestLog(deps.logger, probes));
  app.use(prometheus({ registry: deps.registry, prefix: 'topolog_' }).registerMetrics);
  app.use(headers());
  app.use(compression());
  app.use(caching());
  if (deps.access.authenticator === null) {
    const { allowedHosts = [] } = deps.access;
    app.use(refuseForeign({ allowedHosts, origins: deps.corsOrigins ?? [] }));
  }
  if (deps.corsOrigins !== undefined) app.use(crossOrigin(deps.corsOrigins));
  app.use(limitUrl());
  app.use(client(deps.limits?.trustedProxies ?? []));
  const rate = deps.limits === undefined ? undefined : limitRate(deps.limits.rate, health);
  if (rate !== undefined) app.use(rate.ofDenied);
  app.use(audit(deps.logger));
  app.use(authenticate(deps.access.authenticator));
  if (rate !== undefined) app.use(rate.ofCallers);
  if (deps.limits !== undefined) app.use(limitInFlight(deps.limits.inFlight, health));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: respondMethodNotAllowed }));
  app.use(limitTime());
  app.use(limitBody());
  useConditionalReads(app, deps);

  registerListServices(app, deps);
  registerGetService(app, deps);
  registerListServiceDependencies(app, deps);
  registerListDependencies(app, deps);
  registerGetBlastRadius(app, deps);
  registerGetDependency(app, deps);
  registerGetGraph(app, deps);
  registerGetDiff(app, deps);
  registerListChanges(app, deps);
  registerStreamChanges(app, deps);
  registerJaeger(app, deps);
  registerZipkin(app, deps);
  registerNodeGraph(app, deps);
  registerStartRun(app, deps);
  registerListRuns(app, deps);
  registerGetRun(app, deps);
  registerListWindows(app, deps);
  registerListKeys(app, deps);
  registerCreateKey(app, deps);
  registerOneKey(app, deps);
  registerGetHealth(app, deps);
  registerGetReadiness(app, deps);
  registerGetMetrics(app, deps);
  describeConditionalReads(app);
  registerOpenApi(app, deps.version);
  registerDocs(app);
  return app;
}
