import { parser } from '@prometheus-io/lezer-promql';

/** What a list of label matchers may hold in PromQL's grammar, and nothing else. */
const allowed = new Set([
  'PromQL',
  'VectorSelector',
  'LabelMatchers',
  'UnquotedLabelMatcher',
  'QuotedLabelMatcher',
  'LabelName',
  'QuotedLabelName',
  'StringLiteral',
  'MatchOp',
  'EqlSingle',
  'EqlRegex',
  'Neq',
  'NeqRegex',
]);

/** Longest accepted name of a label or beginning of a metric's, in UTF-16 code units. */
const maxNameLength = 512;

/** Whether a text can be a name in Prometheus, which takes any UTF-8, and is one to read. */
export function isReadableName(name: string): boolean {
  return (
    name !== '' && name.length <= maxNameLength && name.isWellFormed() && !/\p{Cc}/u.test(name)
  );
}

/** Longest prefix of metric names that is read, in bytes: it is in ids, which an index has to hold. */
const maxPrefixBytes = 512;

export function isPrefixTooLong(prefix: string): boolean {
  return Buffer.byteLength(prefix) > maxPrefixBytes;
}

/**
 * The matchers of a list such as `cluster="eu", tenant=~"a|b"`, each by itself.
 *
 * Parsed with Prometheus' own grammar, so that no text can leave the braces it is put between.
 *
 * @returns `null` where the text is anything but a list of matchers of labels.
 */
export function parseMatchers(text: string): string[] | null {
  const expression = `{${text}}`;
  const matchers: string[] = [];
  let onlyMatchers = true;
  let areNames = true;
  parser.parse(expression).iterate({
    enter({ name, type, from, to, node }) {
      if (type.isError || !allowed.has(name)) onlyMatchers = false;
      // A name in quotes with nothing behind it is a metric's.
      if (name === 'QuotedLabelName' && node.parent?.name === 'LabelMatchers') onlyMatchers = false;
      if (name === 'LabelName' || name === 'QuotedLabelName') {
        areNames &&= isLabelName(expression.slice(from, to));
      }
      if (name === 'UnquotedLabelMatcher' || name === 'QuotedLabelMatcher') {
        matchers.push(expression.slice(from, to));
      }
    },
  });
  return onlyMatchers && matchers.length > 0 && areNames ? matchers : null;
}

/** Whether a name, between quotes or not, is that of a label and says so without escapes. */
function isLabelName(written: string): boolean {
  const name = written.replace(/^(["'`])(.*)\1$/s, '$2');
  return isReadableName(name) && name !== '__name__' && !name.includes('\\');
}
