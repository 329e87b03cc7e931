import { join } from 'node:path';
import process from 'node:process';
import { debianRecipe } from './debian-recipe.mjs';
import { goRecipe } from './go-recipe.mjs';
import { mavenRecipe } from './maven-recipe.mjs';
import { DEV, pinned } from './recipe.mjs';
import { redisRecipe } from './redis-recipe.mjs';
import { schemathesisRecipe } from './schemathesis-recipe.mjs';

const GO_FLAGS = ['-mod=readonly', '-buildvcs=false', '-trimpath'];
const TEMPORAL_CLI = 'github.com/temporalio/cli';

/** @type {Record<import('./recipe.mjs').BuildName, () => import('./recipe.mjs').Recipe>} */
export const recipes = {
  temporal: () => {
    const version = pinned(join(DEV, 'temporal', 'go.mod'), /temporalio\/cli v(\d\S+)/);
    return goRecipe({
      product: 'Temporal',
      version,
      folder: 'temporal',
      takes: '5 min',
      instead: 'put `temporal` on the PATH, or set TEMPORAL_ADDRESS to a running server',
      flags: [
        ...GO_FLAGS,
        `-ldflags=-s -w -X ${TEMPORAL_CLI}/internal/temporalcli.Version=${version}`,
      ],
      packages: [`${TEMPORAL_CLI}/cmd/temporal`],
    });
  },
  prometheus: () =>
    goRecipe({
      product: 'Prometheus',
      // The module of Prometheus 3.16.0 is v0.316.0.
      version: pinned(
        join(DEV, 'prometheus', 'go.mod'),
        /github\.com\/prometheus\/prometheus v0\.(\d\S+)/,
      ).replace(/^(\d)0?(\d+)/, '$1.$2'),
      folder: 'prometheus',
      takes: '4 min',
      instead:
        'put `prometheus` (3 or newer) on the PATH, or set PROMETHEUS_URL to a running server',
      // Without the service discovery of the clouds it is half as large and quick to build.
      flags: [...GO_FLAGS, '-ldflags=-s -w', '-tags=remove_all_sd'],
      packages: [
        'github.com/prometheus/prometheus/cmd/prometheus',
        'github.com/prometheus/prometheus/cmd/promtool',
      ],
    }),
  oasdiff: () =>
    goRecipe({
      product: 'oasdiff',
      version: pinned(join(DEV, 'oasdiff', 'go.mod'), /oasdiff\/oasdiff v(\d\S+)/),
      folder: 'oasdiff',
      takes: '1 min',
      instead: 'put `oasdiff` (1.37 or newer) on the PATH',
      flags: [...GO_FLAGS, '-ldflags=-s -w'],
      packages: ['github.com/oasdiff/oasdiff'],
    }),
  neo4j: () =>
    mavenRecipe({
      product: 'Neo4j',
      version: /<neo4j\.version>([^<]+)</,
      folder: 'neo4j',
      instead: 'put `neo4j` on the PATH, or set NEO4J_URI to a running server',
      source: 'Start.java',
    }),
  'time-skipping': () =>
    mavenRecipe({
      product: "Temporal's test server",
      version: /<temporal\.version>([^<]+)</,
      folder: 'time-skipping',
      instead: 'leave the tests with skipped time to CI',
    }),
  redis: redisRecipe,
  schemathesis: schemathesisRecipe,
  k6: () =>
    goRecipe({
      product: 'k6',
      version: pinned(join(DEV, 'k6', 'go.mod'), /go\.k6\.io\/k6 v(\d\S+)/),
      folder: 'k6',
      takes: '2 min',
      instead: 'put `k6` on the PATH',
      flags: [...GO_FLAGS, '-ldflags=-s -w'],
      packages: ['go.k6.io/k6'],
    }),
  lint: () =>
    goRecipe({
      product: 'the linters of Dockerfile and compose',
      version: pinned(join(DEV, 'lint', 'go.mod'), /moby\/buildkit v(\d\S+)/),
      folder: 'lint',
      takes: '2 min',
      instead: 'leave these checks to CI',
      flags: [...GO_FLAGS, '-ldflags=-s -w'],
      packages: ['./dockerfile', './compose'],
      sources: ['dockerfile/main.go', 'compose/main.go'],
    }),
  actionlint: () =>
    goRecipe({
      product: 'actionlint',
      version: pinned(join(DEV, 'actionlint', 'go.mod'), /rhysd\/actionlint v(\d\S+)/),
      folder: 'actionlint',
      takes: '30 s',
      instead: 'leave this check to CI',
      flags: [...GO_FLAGS, '-ldflags=-s -w'],
      packages: ['github.com/rhysd/actionlint/cmd/actionlint'],
    }),
  toxiproxy: () =>
    goRecipe({
      product: 'Toxiproxy',
      version: pinned(join(DEV, 'toxiproxy', 'go.mod'), /Shopify\/toxiproxy\/v2 v(\d\S+)/),
      folder: 'toxiproxy',
      takes: '30 s',
      instead: 'leave the tests of faults to CI',
      flags: [...GO_FLAGS, '-ldflags=-s -w'],
      packages: ['github.com/Shopify/toxiproxy/v2/cmd/server'],
    }),
  helm: () => {
    const goMod = join(DEV, 'helm', 'go.mod');
    const version = pinned(goMod, /helm\.sh\/helm\/v3 v(\S+)/);
    // The Kubernetes that a chart is rendered for where none is asked is that of its libraries.
    const minor = pinned(goMod, /k8s\.io\/client-go v0\.(\d+)/);
    const kubernetes = ['chartutil', 'lint/rules'].flatMap((name) => [
      `-X helm.sh/helm/v3/pkg/${name}.k8sVersionMajor=1`,
      `-X helm.sh/helm/v3/pkg/${name}.k8sVersionMinor=${minor}`,
    ]);
    return goRecipe({
      product: 'Helm',
      version,
      folder: 'helm',
      takes: '2 min',
      instead: 'put `helm` (3.19 or newer) on the PATH',
      flags: [
        ...GO_FLAGS,
        `-ldflags=-s -w -X helm.sh/helm/v3/internal/version.version=v${version} ${kubernetes.join(' ')}`,
      ],
      packages: ['helm.sh/helm/v3/cmd/helm'],
    });
  },
  kubernetes: () => {
    const version = pinned(join(DEV, 'kubernetes', 'go.mod'), /^\s*k8s\.io\/kubernetes v(\S+)/m);
    const [major, minor] = version.split('.');
    const told = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
    return goRecipe({
      product: 'the Kubernetes API server',
      version,
      folder: 'kubernetes',
      takes: '5 min',
      instead: 'run the tests of the chart where Go is',
      flags: [
        ...GO_FLAGS,
        `-ldflags=-s -w ${Object.entries(told)
          .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
          .join(' ')}`,
      ],
      packages: [
        'k8s.io/kubernetes/cmd/kube-apiserver',
        'k8s.io/kubernetes/cmd/kubectl',
        'go.etcd.io/etcd/server/v3',
      ],
    });
  },
  crds: () => ({
    title: 'the definitions of custom resources',
    version: '1',
    takes: '1 min',
    instead: 'run the tests of the chart where Go is',
    files: ['modules.json', 'copy.mjs'].map((file) => join(DEV, 'crds', file)),
    flags: [],
    steps: (directory) => [
      {
        command: process.execPath,
        args: [join(DEV, 'crds', 'copy.mjs'), directory],
        cwd: directory,
        env: { ...process.env, GOTOOLCHAIN: 'local', GOWORK: 'off' },
      },
    ],
  }),
  victoriametrics: () => {
    const module = 'github.com/VictoriaMetrics/VictoriaMetrics';
    const goMod = join(DEV, 'victoriametrics', 'go.mod');
    const version = pinned(goMod, /VictoriaMetrics\/VictoriaMetrics v(\S+)/);
    return goRecipe({
      product: 'VictoriaMetrics',
      version,
      folder: 'victoriametrics',
      takes: '1 min',
      instead: 'leave it out with `--without victoriametrics`',
      flags: [
        ...GO_FLAGS,
        `-ldflags=-s -w -X ${module}/lib/buildinfo.Version=victoria-metrics-v${version}`,
      ],
      packages: [`${module}/app/victoria-metrics`],
    });
  },
  thanos: () => {
    const version = pinned(join(DEV, 'thanos', 'go.mod'), /thanos-io\/thanos v(\S+)/);
    return goRecipe({
      product: 'Thanos',
      version,
      folder: 'thanos',
      takes: '4 min',
      instead: 'leave it out with `--without thanos`',
      // With the tag as Thanos itself is built: its code knows labels in the form that this chooses.
      flags: [
        ...GO_FLAGS,
        `-ldflags=-s -w -X github.com/prometheus/common/version.Version=${version}`,
        '-tags=slicelabels',
      ],
      packages: ['github.com/thanos-io/thanos/cmd/thanos'],
    });
  },
  'debian-prometheus': () =>
    debianRecipe({ product: 'Prometheus', package: 'prometheus', stand: 'prometheus2' }),
  'debian-victoriametrics': () =>
    debianRecipe({
      product: 'VictoriaMetrics',
      package: 'victoria-metrics',
      stand: 'victoriametrics-old',
    }),
};
