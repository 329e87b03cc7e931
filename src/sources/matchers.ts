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
  parser.parse(expression).iterate({
    enter({ name, type, from, to, node }) {
      if (type.isError || !allowed.has(name)) onlyMatchers = false;
      // A name in quotes with nothing behind it is a metric's.
      if (name === 'QuotedLabelName' && node.parent?.name === 'LabelMatchers') onlyMatchers = false;
      if (name === 'UnquotedLabelMatcher' || name === 'QuotedLabelMatcher') {
        matchers.push(expression.slice(from, to));
      }
    },
  });
  const named = matchers.some((matcher) => /^["'`]?__name__["'`]?\s*[=!]/.test(matcher));
  return onlyMatchers && matchers.length > 0 && !named ? matchers : null;
}
