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

/** Share of all reads, name, path. */
const reads = [
  [0.3, 'one service', () => `/services/${service()}`],
  [0.25, 'dependencies', () => `/services/${service()}/dependencies`],
  [
    0.1,
    'dependencies, two hops up',
    () => `/services/${service()}/dependencies?direction=upstream&depth=2`,
  ],
  [
    0.15,
    'blast radius',
    () => `/services/${service().replace('s', 'i')}/blast-radius?depth=3&limit=200`,
  ],
  [0.1, 'services', () => '/services?limit=50'],
  [0.1, 'changes', () => '/changes?limit=50'],
];

export function read() {
  let left = Math.random();
  const [, name, path] = reads.find(([share]) => (left -= share) < 0) ?? reads[0];
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
