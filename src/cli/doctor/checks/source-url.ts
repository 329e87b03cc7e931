import { Agent, request } from 'undici';
import { revealedHeaders, revealedTls } from '../../../sources/access.ts';
import type { Source } from '../../../sources/source.ts';

/** Where servers of this API have it, if not at the root. */
const prefixes = ['', '/prometheus', '/api/prom', '/select/0/prometheus', '/prom'];

/** Most time one probe may take, and most of its answer that is read. */
const timeoutMillis = 3000;
const maxBytes = 65_536;

/**
 * Looks for the URL that a source should have: the same host under another path, or the other of
 * http and https.
 *
 * What the source is known by is sent to its own scheme, host and port alone.
 *
 * @returns what answers, as part of a sentence; `null` where nothing better was found.
 */
export async function urlThatAnswers(source: Source): Promise<string | null> {
  const url = new URL(source.url);
  const own = source.url.replace(/(?<!\/)\/+$/, '');
  const [others, otherScheme] = await Promise.all([underPrefixes(source, url), byOtherScheme(url)]);
  const better = others.find((one) => one !== own);
  if (better !== undefined) return `${better} answers`;
  if (otherScheme === null) return null;
  const { protocol } = new URL(otherScheme);
  return `${otherScheme} speaks ${protocol.replace(':', '')}`;
}

/** The URLs on the same scheme, host and port that answer a query, in the order of the prefixes. */
async function underPrefixes(source: Source, { origin }: URL): Promise<string[]> {
  const tls = source.access?.tls;
  const dispatcher = new Agent(tls ? { connect: revealedTls(tls) } : {});
  try {
    const headers = revealedHeaders(source.access);
    const found = await Promise.all(
      prefixes.map(async (prefix) => {
        const base = `${origin}${prefix}`;
        return (await answers(base, dispatcher, headers)) ? base : null;
      }),
    );
    return found.filter((base) => base !== null);
  } finally {
    await dispatcher.destroy();
  }
}

async function answers(
  base: string,
  dispatcher: Agent,
  headers: Record<string, string>,
): Promise<boolean> {
  try {
    const response = await request(`${base}/api/v1/query?query=1`, {
      dispatcher,
      headers,
      signal: AbortSignal.timeout(timeoutMillis),
    });
    let text = '';
    for await (const chunk of response.body) {
      text += String(chunk);
      if (text.length > maxBytes) return false;
    }
    const body: unknown = response.statusCode === 200 ? JSON.parse(text) : null;
    return typeof body === 'object' && body !== null && Reflect.get(body, 'status') === 'success';
  } catch {
    return false;
  }
}

/**
 * The same URL by the other of http and https, where the server speaks that.
 *
 * Nothing secret is sent, so the certificate, which may be anybody's, is not looked at: all that is
 * asked is whether this port speaks TLS. A 400 is what a port of the one scheme says to the other.
 */
async function byOtherScheme(url: URL): Promise<string | null> {
  const other = new URL(url);
  other.username = '';
  other.password = '';
  // A port that was left out stays so, and is that of the other scheme then.
  other.protocol = url.protocol === 'https:' ? 'http:' : 'https:';
  const base = other.href.replace(/(?<!\/)\/+$/, '');
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    const response = await request(`${base}/api/v1/query?query=1`, {
      dispatcher,
      signal: AbortSignal.timeout(timeoutMillis),
    });
    response.body.on('error', () => {}).destroy();
    return response.statusCode !== 400 && response.statusCode < 500 ? base : null;
  } catch {
    return null;
  } finally {
    await dispatcher.destroy();
  }
}
