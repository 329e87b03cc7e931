// What people and tools ask of Topolog, by many at once: reads, and now and then a run.
// BASE_URL, SERVICES, USERS, DURATION and RUNS come from the environment (bench/load.ts gives them).
import { check } from 'k6';
import http from 'k6/http';

const { BASE_URL, SERVICES, USERS, DURATION, RUNS } = __ENV;

export const options = {
  scenarios: {
    readers: {
      executor: 'constant-vus',
      vus: Number(USERS),
      duration: DURATION,
      exec: 'read',
    },
    ...(RUNS === 'true'
      ? {
          runs: {
            executor: 'constant-arrival-rate',
            rate: 1,
            timeUnit: '5s',
            duration: DURATION,
            preAllocatedVUs: 2,
            exec: 'run',
          },
        }
      : {}),
  },
  thresholds: { checks: ['rate==1'], http_req_failed: ['rate==0'] },
  summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
};

const service = () => `s${Math.floor(Math.random() * Number(SERVICES))}`;

/** Up to which share of all reads, name, path. */
/** @type {[number, string, () => string][]} */
const reads = [
  [0.3, 'one service', () => `/services/${service()}`],
  [0.55, 'dependencies', () => `/services/${service()}/dependencies`],
  [
    0.65,
    'dependencies, two hops up',
    () => `/services/${service()}/dependencies?direction=upstream&depth=2`,
  ],
  [
    0.8,
    'blast radius',
    () => `/services/${service().replace('s', 'i')}/blast-radius?depth=3&limit=200`,
  ],
  [0.9, 'services', () => '/services?limit=50'],
  [1, 'changes', () => '/changes?limit=50'],
];

export function read() {
  const drawn = Math.random();
  const [, name, path] = /** @type {[number, string, () => string]} */ (
    reads.find(([upTo]) => drawn < upTo)
  );
  const answer = http.get(`${BASE_URL}/api/v1${path()}`, { tags: { name } });
  check(answer, { 'answered 200': ({ status }) => status === 200 });
}

export function run() {
  const answer = http.post(`${BASE_URL}/api/v1/runs`, JSON.stringify({ kind: 'ingest' }), {
    headers: { 'content-type': 'application/json' },
    tags: { name: 'start a run' },
  });
  check(answer, { 'accepted 202': ({ status }) => status === 202 });
}
