import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Agent, request } from 'undici';
import { ensureBuilt } from './build.mjs';
import { freePort, LOOPBACK } from './ports.mjs';
import { httpOk } from './probes.mjs';
import { startProcess, waitReady } from './process.mjs';
import { linesOnly } from './progress.mjs';

const ADMIN_TOKEN = 'admin';

/**
 * A real API server of Kubernetes and its etcd, on the loopback. There are no nodes and no
 * controllers: objects are checked, admitted, defaulted and kept, and nothing runs.
 *
 * @param {{ dataDir: string, log?: import('./progress.mjs').Log }} options
 */
export async function startKubernetes({ dataDir, log = () => {} }) {
  const directory = await ensureBuilt('kubernetes', linesOnly(log));
  const home = resolve(dataDir);
  mkdirSync(home, { recursive: true });
  const etcd = await startEtcd(join(directory, 'server'), home);
  try {
    const server = await startServer(join(directory, 'kube-apiserver'), home, etcd.url);
    const stop = async () => {
      await server.stop();
      await etcd.stop();
    };
    return { url: server.url, caFile: server.caFile, kubeconfig: server.kubeconfig, stop };
  } catch (error) {
    await etcd.stop();
    throw error;
  }
}

/**
 * @param {string} command
 * @param {string} home
 */
async function startEtcd(command, home) {
  const [url, peer] = [await freePort(), await freePort()].map(
    (port) => `http://${LOOPBACK}:${port}`,
  );
  const running = await startProcess({
    name: 'etcd',
    command,
    args: [
      `--data-dir=${join(home, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // What is kept here is thrown away: no need to wait for the disk.
      '--unsafe-no-fsync',
    ],
    logFile: join(home, 'etcd.log'),
  });
  await waitReady(running, () => httpOk(`${url}/health`));
  return { ...running, url: String(url) };
}

/**
 * @param {string} command
 * @param {string} home
 * @param {string} etcd
 */
async function startServer(command, home, etcd) {
  const port = await freePort();
  const url = `https://${LOOPBACK}:${port}`;
  const certificates = join(home, 'certificates');
  const accountKey = join(home, 'account.key');
  const tokens = join(home, 'tokens.csv');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(accountKey, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(tokens, `${ADMIN_TOKEN},admin,admin,system:masters\n`, { mode: 0o600 });
  const running = await startProcess({
    name: "Kubernetes' API server",
    command,
    args: [
      `--etcd-servers=${etcd}`,
      `--cert-dir=${certificates}`,
      `--bind-address=${LOOPBACK}`,
      `--secure-port=${port}`,
      `--token-auth-file=${tokens}`,
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${accountKey}`,
      `--service-account-signing-key-file=${accountKey}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--endpoint-reconciler-type=none',
    ],
    logFile: join(home, 'kube-apiserver.log'),
  });
  // The certificate is the server's own: it is not checked before it is there.
  const agent = new Agent({ connect: { rejectUnauthorized: false } });
  const ready = async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const { statusCode, body } = await request(`${url}/readyz`, { dispatcher: agent, headers });
    await body.dump();
    return statusCode === 200;
  };
  try {
    await waitReady(running, ready);
  } finally {
    await agent.close();
  }
  const caFile = join(certificates, 'apiserver.crt');
  const kubeconfig = join(home, 'kubeconfig.yaml');
  writeFileSync(kubeconfig, kubeconfigOf({ url, caFile }), { mode: 0o600 });
  return { ...running, url, caFile, kubeconfig };
}

/**
 * @param {{ url: string, caFile: string }} server
 * @returns {string} JSON, which is YAML
 */
function kubeconfigOf({ url, caFile }) {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'local', cluster: { server: url, 'certificate-authority': caFile } }],
    users: [{ name: 'admin', user: { token: ADMIN_TOKEN } }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'admin' } }],
    'current-context': 'local',
  });
}
