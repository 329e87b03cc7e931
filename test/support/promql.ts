type Labels = Readonly<Record<string, string>>;
export type PromSample = readonly [atMillis: number, value: number];

/** A series as a server stores it; its samples are in order of time. */
export interface PromSeries {
  readonly name: string;
  /** All labels but the name. */
  readonly labels: Labels;
  readonly samples: readonly PromSample[];
}

export interface PromValue {
  readonly labels: Labels;
  readonly value: number;
}

type Vector = readonly PromValue[];
type Eval = (atMillis: number) => Vector;
type Range = (atMillis: number) => readonly { labels: Labels; samples: readonly PromSample[] }[];
type Node =
  | { readonly type: 'vector'; readonly at: Eval }
  | { readonly type: 'range'; readonly at: Range };

/**
 * Answers questions about series in memory, as Prometheus 3 does.
 *
 * It knows only so much of PromQL as counters are asked about in. What else it is asked it refuses, so
 * that nobody takes an answer for one of a server.
 */
export function createPromql(series: readonly PromSeries[]) {
  const known = new Map<string, Node>();
  const parsed = (text: string): Node => {
    const node = known.get(text) ?? parse(text, series);
    known.set(text, node);
    return node;
  };
  return {
    vector(text: string, atMillis: number): Vector {
      const node = parsed(text);
      if (node.type !== 'vector') throw new Error(`This is no vector: ${text}`);
      return node.at(atMillis);
    },
    range(text: string, atMillis: number) {
      const node = parsed(text);
      if (node.type !== 'range') throw new Error(`This is no range: ${text}`);
      return node.at(atMillis);
    },
  };
}

const token = /\s*("(?:[^"\\]|\\.)*"|=~|!~|!=|[<>=]=|[a-zA-Z_][a-zA-Z0-9_]*|\d+(?:ms|s)?|[^\s])/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  for (let end = 0; text.slice(end).trim() !== ''; end = token.lastIndex) {
    const found = token.exec(text);
    if (found?.[1] === undefined) throw new Error(`Nobody can read ${text.slice(end)}.`);
    tokens.push(found[1]);
  }
  return tokens;
}

const aggregations = new Set(['sum', 'max', 'group']);
const overTime: Readonly<Record<string, (values: readonly number[]) => number>> = {
  last_over_time: (values) => values.at(-1) ?? Number.NaN,
  // What is NaN gives way to whatever is a number.
  min_over_time: (values) =>
    values.reduce((min, value) => (value < min || Number.isNaN(min) ? value : min)),
  count_over_time: ({ length }) => length,
  resets: (values) => values.filter((value, i) => value < (values[i - 1] ?? Number.NaN)).length,
};
const comparisons: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
  '==': (left, right) => left === right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
};

function parse(text: string, series: readonly PromSeries[]): Node {
  const tokens = tokensOf(text);
  let place = 0;
  const peek = () => tokens[place] ?? '';
  const isNext = (...some: string[]) => some.includes(peek());
  const take = (): string => {
    place += 1;
    return tokens[place - 1] ?? '';
  };
  const unknown = () => new Error(`Nobody is known to ask this: ${text} (at ${peek()})`);
  const expect = (wanted: string) => {
    if (take() !== wanted) throw unknown();
  };
  const vectorOf = (node: Node): Eval => {
    if (node.type !== 'vector') throw unknown();
    return node.at;
  };

  function either(): Node {
    let left = without();
    while (isNext('or')) {
      take();
      const [one, other] = [vectorOf(left), vectorOf(without())];
      left = { type: 'vector', at: (at) => joined(one(at), other(at)) };
    }
    return left;
  }

  function without(): Node {
    let left = compared();
    while (isNext('unless')) {
      take();
      const [one, other] = [vectorOf(left), vectorOf(compared())];
      left = { type: 'vector', at: (at) => except(one(at), other(at)) };
    }
    return left;
  }

  function compared(): Node {
    let left = difference();
    for (let holds = comparisons[peek()]; holds !== undefined; holds = comparisons[peek()]) {
      take();
      const bound = Number(take());
      if (Number.isNaN(bound)) throw unknown();
      const [one, isHeld] = [vectorOf(left), holds];
      left = { type: 'vector', at: (at) => one(at).filter(({ value }) => isHeld(value, bound)) };
    }
    return left;
  }

  function difference(): Node {
    let left = primary();
    while (isNext('-')) {
      take();
      const [one, other] = [vectorOf(left), vectorOf(primary())];
      left = { type: 'vector', at: (at) => minus(one(at), other(at)) };
    }
    return left;
  }

  function primary(): Node {
    if (isNext('(')) {
      take();
      const inner = either();
      expect(')');
      return isNext('[') ? subquery(vectorOf(inner)) : inner;
    }
    if (aggregations.has(peek())) return aggregation(take());
    if (peek() === 'label_replace') return labelled();
    const of = overTime[peek()];
    if (of === undefined) return selector();
    const keepsName = take() === 'last_over_time';
    expect('(');
    const range = either();
    expect(')');
    if (range.type !== 'range') throw unknown();
    const { at: read } = range;
    return {
      type: 'vector',
      at: (at) =>
        read(at).map(({ labels, samples }) => ({
          labels: keepsName ? labels : nameless(labels),
          value: of(samples.map(([, value]) => value)),
        })),
    };
  }

  function names(): string[] {
    const all: string[] = [];
    expect('(');
    while (!isNext(')')) {
      all.push(textOf(take()));
      if (isNext(',')) take();
    }
    take();
    return all;
  }

  function aggregation(kind: string): Node {
    const isBy = take() === 'by';
    const wanted = new Set(names());
    expect('(');
    const inner = vectorOf(either());
    expect(')');
    const kept = remembered((labels: Labels) => {
      const own = Object.entries(labels).filter(([name]) =>
        isBy ? wanted.has(name) : name !== '__name__' && !wanted.has(name),
      );
      return { labels: Object.fromEntries(own), key: keyOf(Object.fromEntries(own)) };
    });
    return {
      type: 'vector',
      at(at) {
        const groups = new Map<string, { labels: Labels; value: number }>();
        for (const { labels, value } of inner(at)) {
          const { key, labels: own } = kept(labels);
          const known = groups.get(key);
          if (known === undefined)
            groups.set(key, { labels: own, value: kind === 'group' ? 1 : value });
          else if (kind === 'sum') known.value += value;
          else if (kind === 'max' && (value > known.value || Number.isNaN(known.value)))
            known.value = value;
        }
        return [...groups.values()];
      },
    };
  }

  function labelled(): Node {
    take();
    expect('(');
    const inner = vectorOf(either());
    const [name = '', value = '', from, pattern] = [1, 2, 3, 4].map(() => {
      expect(',');
      return textOf(take());
    });
    expect(')');
    if (from !== '' || pattern !== '') throw unknown();
    return {
      type: 'vector',
      at: (at) => inner(at).map((one) => ({ ...one, labels: { ...one.labels, [name]: value } })),
    };
  }

  function selector(): Node {
    const matchers: ((one: Labels) => boolean)[] = [];
    const metric = take();
    if (!/^[a-z_]+$/.test(metric)) throw unknown();
    if (isNext('{')) {
      take();
      while (!isNext('}')) {
        matchers.push(matcherOf(take(), take(), textOf(take())));
        if (isNext(',')) take();
      }
      take();
    }
    expect('[');
    const lengthMillis = millisOf(take());
    expect(']');
    let offsetMillis = 0;
    if (isNext('offset')) {
      take();
      offsetMillis = millisOf(take());
    }
    const chosen = series
      .filter(({ name, labels }) => name === metric && matchers.every((holds) => holds(labels)))
      .map(({ name, labels, samples }) => ({ labels: { __name__: name, ...labels }, samples }));
    return {
      type: 'range',
      at: (at) =>
        chosen.flatMap(({ labels, samples }) => {
          const end = at - offsetMillis;
          const some = samples.slice(after(samples, end - lengthMillis), after(samples, end));
          return some.length === 0 ? [] : [{ labels, samples: some }];
        }),
    };
  }

  function subquery(inner: Eval): Node {
    expect('[');
    const lengthMillis = millisOf(take());
    expect(':');
    const stepMillis = millisOf(take());
    expect(']');
    return {
      type: 'range',
      at(end) {
        const all = new Map<Labels, PromSample[]>();
        const byKey = new Map<string, Labels>();
        const first = Math.floor((end - lengthMillis) / stepMillis) + 1;
        for (let at = first * stepMillis; at <= end; at += stepMillis) {
          for (const { labels, value } of inner(at)) {
            const own = byKey.get(keyOf(labels)) ?? labels;
            byKey.set(keyOf(labels), own);
            const samples = all.get(own) ?? [];
            all.set(own, samples);
            samples.push([at, value]);
          }
        }
        return [...all].map(([labels, samples]) => ({ labels, samples }));
      },
    };
  }

  const whole = either();
  if (place < tokens.length) throw unknown();
  return whole;
}

/** How many samples are not after a time. */
function after(samples: readonly PromSample[], atMillis: number): number {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.[0] ?? 0) <= atMillis) low = middle + 1;
    else high = middle;
  }
  return low;
}

function matcherOf(name: string, operator: string, value: string): (labels: Labels) => boolean {
  const label = textOf(name);
  const isMatch = matches(value);
  switch (operator) {
    case '=':
      return (labels) => (labels[label] ?? '') === value;
    case '!=':
      return (labels) => (labels[label] ?? '') !== value;
    case '=~':
      return (labels) => isMatch(labels[label] ?? '');
    case '!~':
      return (labels) => !isMatch(labels[label] ?? '');
    default:
      throw new Error(`Nobody knows the matcher ${operator}.`);
  }
}

/** Whether a pattern holds for a text; one of names alone is a list, which is quicker than a pattern. */
function matches(value: string): (text: string) => boolean {
  const names = value.split('|').map((one) => one.replace(/\\([^a-z0-9])/gi, '$1'));
  const pattern = new RegExp(`^(?:${value})$`, 's');
  if (!/^(?:[\w|-]|\\[.|-])*$/.test(value) || value.includes('\\|'))
    return (text) => pattern.test(text);
  const all = new Set(names);
  return (text) => all.has(text);
}

function textOf(quoted: string): string {
  return quoted.startsWith('"') ? quoted.slice(1, -1).replace(/\\(.)/g, '$1') : quoted;
}

function millisOf(duration: string): number {
  const [, number, unit] = /^(\d+)(ms|s)$/.exec(duration) ?? [];
  if (unit === undefined) throw new Error(`Nobody knows the duration ${duration}.`);
  return Number(number) * (unit === 's' ? 1000 : 1);
}

function remembered<T>(make: (labels: Labels) => T): (labels: Labels) => T {
  const known = new WeakMap<Labels, T>();
  return (labels) => {
    const found = known.get(labels) ?? make(labels);
    known.set(labels, found);
    return found;
  };
}

/** Labels as a text; the name of a metric is no part of what series are matched by. */
const keyOf = remembered((labels) =>
  JSON.stringify(
    Object.entries(labels)
      .filter(([name, value]) => name !== '__name__' && value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ),
);

const nameless = remembered(({ __name__: _, ...labels }): Labels => labels);

function joined(left: Vector, right: Vector): Vector {
  return [...left, ...except(right, left)];
}

function except(left: Vector, right: Vector): Vector {
  const keys = new Set(right.map(({ labels }) => keyOf(labels)));
  return left.filter(({ labels }) => !keys.has(keyOf(labels)));
}

function minus(left: Vector, right: Vector): Vector {
  const others = new Map(right.map(({ labels, value }) => [keyOf(labels), value]));
  if (others.size < right.length) throw new Error('Several series have the same labels.');
  return left.flatMap(({ labels, value }) => {
    const other = others.get(keyOf(labels));
    return other === undefined ? [] : [{ labels: nameless(labels), value: value - other }];
  });
}
