import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { keyOf, type Producer } from '../../src/domain/producer.ts';
import {
  judgeProducers,
  type KnownProducer,
  keptProducers,
  knownAt,
  type PresentProducer,
  type ProducerJudgement,
} from '../../src/domain/producers.ts';
import { matchSuccessors } from '../../src/domain/successors.ts';
import { shuffled } from './arbitraries.ts';

type Labels = Readonly<Record<string, string>>;

function producer(labels: Labels, reading = 'tempo'): Producer {
  return { reading, id: JSON.stringify(Object.entries(labels)), labels };
}
const present = (one: Producer, given: Partial<PresentProducer> = {}): PresentProducer => ({
  ...one,
  series: 3,
  nearStart: 3,
  nearEnd: 3,
  samples: 15,
  ...given,
});
const known = (one: Producer, given: Partial<KnownProducer> = {}): KnownProducer => ({
  ...one,
  knownSince: 0,
  missingSince: null,
  isMarked: true,
  isSuccessor: false,
  isJob: false,
  ...given,
});

const window = { startMillis: 900, endMillis: 1000 };
const a = producer({ job: 'tempo', instance: 'a' });
const b = producer({ job: 'tempo', instance: 'b' });
const c = producer({ job: 'tempo', instance: 'c' });

function judge(
  there: readonly PresentProducer[],
  before: readonly KnownProducer[],
  given: { unjudged?: ReadonlySet<string>; missingMillis?: number } = {},
) {
  return judgeProducers({
    window,
    present: there,
    known: before,
    unjudged: new Set(),
    missingMillis: 500,
    ...given,
  });
}

/** Of each list who is in it. */
function names(judged: ProducerJudgement) {
  const of = (all: readonly Producer[]) => all.map(({ labels }) => labels.instance ?? '').sort();
  return {
    appeared: of(judged.appeared),
    successors: of(judged.successors),
    returned: of(judged.returned),
    late: of(judged.late),
    gone: of(judged.gone),
    lost: of(judged.lost.map((one) => one.producer)),
    missing: of(judged.missing),
  };
}
const nobody = {
  appeared: [],
  successors: [],
  returned: [],
  late: [],
  gone: [],
  lost: [],
  missing: [],
};

describe('the producers of a window', () => {
  it('are as they were, and a new one only comes', () => {
    const judged = judge([present(a), present(b)], [known(a)]);
    expect(names(judged)).toEqual({ ...nobody, appeared: ['b'] });
  });

  it('are lost when they are not there at its end, and late when they were not at its start', () => {
    const judged = judge(
      [present(a, { nearEnd: 0 }), present(b, { nearStart: 0 }), present(c)],
      [known(a), known(b), known(c), known(producer({ job: 'lab', instance: 'l' }))],
    );
    expect(names(judged)).toEqual({ ...nobody, lost: ['a', 'l'], late: ['b'] });
    expect(judged.lost.map(({ how, since, lastThereAt }) => [how, since, lastThereAt])).toEqual([
      ['cutOff', 900, 1000],
      ['absent', 900, 900],
    ]);
  });

  it('are not late where nobody was there at its start', () => {
    const judged = judge([present(a, { nearStart: 0 })], [known(a)]);
    expect(names(judged)).toEqual(nobody);
  });

  it('are not all lost because there are none of their reading that could be counted', () => {
    const judged = judge([], [known(a)], { unjudged: new Set(['tempo']) });
    expect(names(judged)).toEqual(nobody);
  });

  it('stay missing until they return or have been missing for too long', () => {
    const missing = { missingSince: 500 };
    expect(names(judge([], [known(a, missing)]))).toEqual({ ...nobody, missing: ['a'] });
    expect(names(judge([present(a)], [known(a, missing)]))).toEqual({
      ...nobody,
      returned: ['a'],
    });
    expect(names(judge([], [known(a, missing)], { missingMillis: 499 }))).toEqual({
      ...nobody,
      gone: ['a'],
    });
  });

  it('are asked about again while nobody knows what they showed', () => {
    const judged = judge([], [known(a, { missingSince: 500, isMarked: false })]);
    expect(names(judged)).toEqual({ ...nobody, lost: ['a'] });
    expect(judged.lost[0]).toMatchObject({ since: 500, lastThereAt: 500 });
  });

  describe('stand for each other', () => {
    it('where one comes in the window in which another goes, or in the one beside it', () => {
      expect(names(judge([present(b)], [known(a)]))).toEqual({
        ...nobody,
        appeared: ['b'],
        gone: ['a'],
        successors: ['b'],
      });
      const other = known(c);
      const before = known(b, { knownSince: 800 });
      expect(names(judge([present(b), present(c)], [known(a), before, other]))).toMatchObject({
        gone: ['a'],
        successors: ['b'],
      });
      const wentBefore = known(a, { missingSince: 800 });
      expect(names(judge([present(b)], [wentBefore]))).toMatchObject({ gone: ['a'] });
    });

    it('not where the other came or went long ago, stands for one already, or was among the first', () => {
      const long = known(b, { knownSince: 700 });
      expect(names(judge([present(b)], [known(a), long]))).toMatchObject({ lost: ['a'] });
      const taken = known(b, { knownSince: 800, isSuccessor: true });
      expect(names(judge([present(b)], [known(a), taken]))).toMatchObject({ lost: ['a'] });
      const wentLong = known(a, { missingSince: 700 });
      expect(names(judge([present(b)], [wentLong]))).toMatchObject({ missing: ['a'] });
      const first = [a, b].map((one) => known(one, { knownSince: 800 }));
      expect(names(judge([present(b)], first))).toMatchObject({ lost: ['a'] });
    });

    it('not where the new one is gone again at the end', () => {
      const judged = judge([present(b, { nearEnd: 0 })], [known(a)]);
      expect(names(judged)).toEqual({ ...nobody, lost: ['a'] });
    });
  });

  const labels = fc.record({
    job: fc.constantFrom('tempo', 'lab'),
    instance: fc.constantFrom('a', 'b', 'c', 'd'),
  });
  const anyProducer = fc.tuple(labels, fc.constantFrom('tempo', 'istio/source'));
  const producers = fc
    .uniqueArray(anyProducer, { selector: (one) => JSON.stringify(one), maxLength: 12 })
    .map((all) => all.map(([own, reading]) => producer(own, reading)));
  const anyPresent = producers.chain((all) =>
    fc.tuple(
      ...all.map((one) =>
        fc.record({ nearStart: fc.nat(1), nearEnd: fc.nat(1) }).map((near) => present(one, near)),
      ),
    ),
  );
  const anyKnown = producers.chain((all) =>
    fc.tuple(
      ...all.map((one) =>
        fc
          .record({
            knownSince: fc.constantFrom(0, 700, 800),
            missingSince: fc.constantFrom(null, 300, 800),
            isMarked: fc.boolean(),
            isSuccessor: fc.boolean(),
          })
          .map((given) => known(one, given)),
      ),
    ),
  );

  it.prop([anyPresent, anyKnown])('each come to one end', (there, before) => {
    const judged = judge(there, before);
    const isThere = (one: Producer) =>
      there.some((other) => keyOf(other) === keyOf(one) && other.nearEnd > 0);
    const away = [...judged.gone, ...judged.lost.map((one) => one.producer), ...judged.missing].map(
      keyOf,
    );
    expect(away.sort()).toEqual(
      before
        .filter((one) => !isThere(one))
        .map(keyOf)
        .sort(),
    );
    expect(judged.returned).toEqual(
      before.filter((one) => isThere(one) && one.missingSince !== null),
    );
    // One stands for one.
    expect(new Set(judged.successors.map(keyOf)).size).toBe(judged.successors.length);
    expect(judged.successors.every(isThere)).toBe(true);
    expect(judged.successors.length).toBeLessThanOrEqual(judged.gone.length);
  });

  it.prop([
    fc.tuple(anyPresent, anyKnown).chain(([there, before]) =>
      fc.record({
        there: fc.constant(there),
        before: fc.constant(before),
        otherThere: shuffled(there),
        otherBefore: shuffled(before),
      }),
    ),
  ])('come to the same in whatever order they are told', (all) => {
    const sorted = (judged: ProducerJudgement) => names(judged);
    expect(sorted(judge(all.otherThere, all.otherBefore))).toEqual(
      sorted(judge(all.there, all.before)),
    );
  });
});

describe('successors', () => {
  const pod = (name: string, more: Labels = {}) =>
    producer({ job: 'web', namespace: 'shop', pod: name, instance: `${name}:80`, ...more });

  it('are of the same job and reading', () => {
    const others = [producer({ job: 'lab', instance: 'b' }), producer(b.labels, 'beyla')];
    expect(matchSuccessors([a], others).size).toBe(0);
    expect(matchSuccessors([a], [...others, b]).get(a)).toBe(b);
  });

  it('are those with most labels in common, each for one', () => {
    const [one, two] = [pod('web-1', { node: 'x' }), pod('web-2', { node: 'y' })];
    const [three, four] = [pod('web-3', { node: 'y' }), pod('web-4', { node: 'x' })];
    const found = matchSuccessors([one, two], [three, four]);
    expect([found.get(one), found.get(two)]).toEqual([four, three]);
    expect(matchSuccessors([one, two], [three])).toEqual(new Map([[two, three]]));
  });

  it('may have a label more or less', () => {
    const before = [pod('web-1'), pod('web-2')];
    const after = [pod('web-2', { zone: 'one' }), pod('web-1', { zone: 'one' })];
    const found = matchSuccessors(before, after);
    expect(before.map((one) => found.get(one)?.labels.pod)).toEqual(['web-1', 'web-2']);
    const back = matchSuccessors(after, before);
    expect(after.map((one) => back.get(one)?.labels.pod)).toEqual(['web-2', 'web-1']);
  });

  it('have something in common, or nothing but one label that differs', () => {
    const only = (name: string, value: string) => producer({ [name]: value });
    const [x, y] = [only('instance', 'x'), only('instance', 'y')];
    expect(matchSuccessors([x], [y]).get(x)).toBe(y);
    expect(matchSuccessors([x], [only('pod', 'y')]).size).toBe(0);
    const two = (value: string) => producer({ instance: value, pod: value });
    expect(matchSuccessors([two('x')], [two('y')]).size).toBe(0);
  });

  it('are found for thousands, as after a new label for all', () => {
    const all = (more: Labels) => Array.from({ length: 5000 }, (_, i) => pod(`web-${i}`, more));
    expect(matchSuccessors(all({}), all({ zone: 'one' })).size).toBe(5000);
  });
});

describe('producers that are too many', () => {
  it('are kept by their jobs, and stay so when they are fewer', () => {
    const many = [present(a), present(b, { nearStart: 0 }), present(producer({ job: 'lab' }))];
    expect(keptProducers(many, [], 3)).toEqual({ present: many, areJobs: false });
    const kept = keptProducers(many, [], 2);
    expect(kept.areJobs).toBe(true);
    expect(
      kept.present.map(({ labels, series, nearStart }) => [labels, series, nearStart]),
    ).toEqual([
      [{ job: 'tempo' }, 6, 3],
      [{ job: 'lab' }, 3, 3],
    ]);
    expect(keptProducers([present(a)], [known(a, { isJob: true })], 3).areJobs).toBe(true);
  });
});

describe('a window in the past', () => {
  it('expects those that were known then and were not missing for too long', () => {
    const all = [
      known(a, { knownSince: 900 }),
      known(b, { knownSince: 901 }),
      known(c, { missingSince: 400 }),
    ];
    expect(knownAt(all, window, 600)).toEqual([all[0], all[2]]);
    expect(knownAt(all, window, 599)).toEqual([all[0]]);
  });

  it('expects those that went later as there', () => {
    const went = known(a, { missingSince: 1000 });
    expect(knownAt([went], window, 500)).toEqual([known(a)]);
  });
});
