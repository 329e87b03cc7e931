import { prometheus } from '@hono/prometheus';
import { OpenAPIHono } from '@hono/zod-openapi';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import type { Api, ApiDeps, ApiEnv } from './deps.ts';
import {
  respondMethodNotAllowed,
  respondNotFound,
  respondWithProblem,
  throwOnInvalid,
} from './error-handlers.ts';
import { audit } from './middleware/audit.ts';
import { authenticate } from './middleware/authenticate.ts';
import { headers } from './middleware/headers.ts';
import { limitBody, limitTime } from './middleware/limits.ts';
import { requestLog } from './middleware/request-log.ts';
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
import { registerListServices } from './routes/list-services.ts';
import { registerListWindows } from './routes/list-windows.ts';
import { registerNodeGraph } from './routes/node-graph.ts';
import { registerOneKey } from './routes/one-key.ts';
import { registerStartRun } from './routes/start-run.ts';
import { registerStreamChanges } from './routes/stream-changes.ts';
import { registerZipkin } from './routes/zipkin.ts';

const probes = ['/api/v1/health', '/api/v1/health/ready', '/api/v1/metrics'];

/** Creates the HTTP API; a registry can hold the metrics of one app only. */
export function createApp(deps: ApiDeps): Api {
  const app: Api = new OpenAPIHono<ApiEnv>({ defaultHook: throwOnInvalid });
  app.onError((error, c) => respondWithProblem(error, c));
  app.notFound(respondNotFound);

  app.use(requestId());
  app.use(requestLog(deps.logger, probes));
  app.use(prometheus({ registry: deps.registry, prefix: 'topolog_' }).registerMetrics);
  app.use(headers());
  app.use(audit(deps.logger));
  app.use(authenticate(deps.access.authenticator));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: respondMethodNotAllowed }));
  app.use(limitTime());
  app.use(limitBody());

  registerListServices(app, deps);
  registerGetService(app, deps);
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
  registerOpenApi(app, deps.version);
  registerDocs(app);
  return app;
}
