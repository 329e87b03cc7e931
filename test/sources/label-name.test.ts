import { expect, it } from 'vitest';
import { labelNameInPath } from '../../src/sources/label-name.ts';

it.each([
  ['client', 'client'],
  ['_client_9', '_client_9'],
  ['client_service.namespace', 'U__client__service_2e_namespace'],
  ['a b/c?d', 'U__a_20_b_2f_c_3f_d'],
  ['9a9', 'U___39_a9'],
  ['服', 'U___670d_'],
  ['😀', 'U___1f600_'],
  ['a\ud800', 'U__a_fffd_'],
  ['U__a', 'U__U____a'],
])('the label %j is in a path %s', (name, inPath) => {
  expect(labelNameInPath(name)).toBe(inPath);
});
