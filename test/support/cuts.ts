/** A subquery begins with one of these; the braces of a map do not. */
const subquery = /^\s*(?:OPTIONAL|MATCH|UNWIND|WITH|RETURN|CALL)\b/;
const writes = /\b(?:DELETE|SET|CREATE|MERGE)\b/;
const counts =
  /\b(?:count|sum|avg|min|max|collect|percentileDisc|percentileCont|stDev)\s*\(|\bDISTINCT\b/;
const filters = /\bWHERE\b|(?<!OPTIONAL )\bMATCH\b/;

/**
 * What of a Cypher statement counts or filters rows that a LIMIT has cut, as its texts; none where the
 * last thing that happens to rows is that they are cut.
 *
 * A cut to one row chooses it, and is none. What is written of a batch may be counted: the batch is what
 * was asked for. A subquery that is cut cuts what it is called from.
 */
export function cutsOf(text: string): string[] {
  return scan(text.replace(/'(?:[^'\\]|\\.)*'/g, "''")).found;
}

function scan(text: string): { readonly found: string[]; readonly isCut: boolean } {
  const { outer, inner } = parted(text);
  const found = inner.flatMap(({ body }) => scan(body).found);
  let isCut = false;
  for (const branch of outer.split(/\bUNION(?: ALL)?\b/)) {
    const [, after] = /\bLIMIT (?!1\b)[$\w]+([\s\S]*)/.exec(branch) ?? [];
    if (after === undefined) continue;
    isCut = true;
    const [before = ''] = after.split(writes);
    for (const rule of [counts, filters]) {
      const [hit] = rule.exec(before) ?? [];
      if (hit !== undefined) found.push(`${hit.trim()} after LIMIT`);
    }
  }
  return { found, isCut };
}

/** A text whose subqueries are taken out; of one that is called and cut a LIMIT is left in its place. */
function parted(text: string): {
  readonly outer: string;
  readonly inner: { readonly body: string }[];
} {
  const inner: { readonly body: string }[] = [];
  let outer = '';
  for (let index = 0; index < text.length; ) {
    const body = text[index] === '{' ? bodyAt(text, index) : null;
    if (body === null || !subquery.test(body)) {
      outer += text[index];
      index += 1;
      continue;
    }
    inner.push({ body });
    const isCalled = /\bCALL\s*(?:\([^()]*\))?\s*$/.test(outer);
    outer += isCalled && scan(body).isCut ? ' LIMIT n ' : ' ';
    index += body.length + 2;
  }
  return { outer, inner };
}

/** What stands between a brace and the one that closes it. */
function bodyAt(text: string, open: number): string {
  let depth = 0;
  for (let index = open; index < text.length; index += 1) {
    if (text[index] === '{') depth += 1;
    if (text[index] === '}') depth -= 1;
    if (depth === 0) return text.slice(open + 1, index);
  }
  throw new Error('A brace is not closed.');
}
