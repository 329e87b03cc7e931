import { AppError, messageOf } from '../runtime/errors.ts';

/** A question that was not answered; `again` where another try may bring an answer. */
export interface Refusal {
  readonly error: AppError;
  readonly again: boolean;
  /** Of the answer that refuses it, where there was one. */
  readonly status?: number;
  /** How long the server asks to be left alone. */
  readonly waitMillis?: number | null;
}

type Meaning =
  | 'invalid'
  | 'tooHeavy'
  | 'tooLong'
  | 'busy'
  | 'key'
  | 'path'
  | 'method'
  | 'scheme'
  | 'other';

/** Words of servers of this API for a question that is too long, or selects too much. */
const asksTooMuch = [
  // VictoriaMetrics, and its settings
  /too long query|exceeds (max|\d)|cannot (select|process) more than/i,
  /-search\.max(QueryLen|UniqueTimeseries|SamplesPer|PointsPer|MemoryPer|Series|Labels|\*)/,
  // Mimir, Cortex and Thanos
  /err-mimir-max-|query hit the (max|aggregated)|received message larger than max/i,
  /exceed(ed|s) (the )?(max|aggregated|limit|(series|chunks?|bytes|samples) limit)/i,
  // Prometheus
  /too many (samples|series|points|chunks)/i,
];
/** Those of them that a server says with 429, which otherwise means too many questions. */
const asksTooMuchByItself = /err-mimir-max-|the query (exceeded|hit) the (max|aggregated)/i;
const wrongSyntax = /parse error|cannot parse|unparsed data/i;
const noSuchPath = /unsupported path requested|missing route for/i;
const plainToTls = /HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port/i;

function isTooMuch(words: string): boolean {
  return asksTooMuch.some((pattern) => pattern.test(words));
}

/** What an answer other than 200 means, by its status and, where servers differ, by its words. */
function meaningOf(status: number, errorType: string, words: string): Meaning {
  switch (status) {
    case 400:
      if (plainToTls.test(words)) return 'scheme';
      if (noSuchPath.test(words)) return 'path';
      return isTooMuch(words) ? 'tooHeavy' : 'invalid';
    case 401:
    case 403:
      return 'key';
    case 404:
      return 'path';
    case 405:
    case 501:
      return 'method';
    // A proxy says 413 of a question that is too long, which is one of too many names.
    case 413:
    case 414:
    case 431:
      return 'tooHeavy';
    // VictoriaMetrics says 422 of whatever it cannot evaluate, its grammar included.
    case 422:
      return wrongSyntax.test(words) && !isTooMuch(words) ? 'invalid' : 'tooHeavy';
    case 429:
      return asksTooMuchByItself.test(words) ? 'tooHeavy' : 'busy';
    case 500:
      return isTooMuch(words) ? 'tooHeavy' : 'busy';
    case 503:
      return errorType === 'timeout' ? 'tooLong' : 'busy';
    case 504:
      return 'tooLong';
    default:
      return status >= 500 ? 'busy' : 'other';
  }
}

/**
 * Why a server refuses a question, by its answer.
 *
 * @param clean takes our secrets out of the server's words before they are quoted
 */
export function refusalOf(status: number, text: string, clean: (text: string) => string): Refusal {
  const { errorType, error, most } = wordsOf(text);
  const meaning = meaningOf(status, errorType, error);
  const message = sentenceOf(meaning, status, shortened(clean(error), most));
  return { error: errorOf(meaning, message), again: meaning === 'busy', status };
}

function sentenceOf(meaning: Meaning, status: number, words: string): string {
  const answered = `Prometheus answered ${status}: ${words.endsWith('.') ? words.slice(0, -1) : words}`;
  switch (meaning) {
    case 'invalid':
      return `Prometheus rejected the query (${status}): ${words}`;
    case 'tooHeavy':
      return `Prometheus could not execute the query (${status}): ${words}`;
    case 'key':
      return `${answered}. It does not let us read: give the source its bearerToken, basicAuth, headers or params.`;
    case 'path':
      return `${answered}. The path in the source's url is likely missing or wrong: some servers answer under a prefix such as /prometheus, /api/prom or /select/0/prometheus.`;
    case 'method':
      return `${answered}. It takes the question neither by POST nor by GET: look at the url and at the proxy before it.`;
    case 'scheme':
      return `${answered}. Write https:// in the source's url.`;
    default:
      return answered;
  }
}

function errorOf(meaning: Meaning, message: string): AppError {
  if (meaning === 'invalid') return new AppError('InvalidMetrics', message);
  if (meaning === 'tooHeavy') return tooHeavy(message);
  return meaning === 'tooLong' ? tooLong(message) : unavailable(message);
}

/** What a server will not take, however often it is asked; less of it, it may. */
export function tooHeavy(message: string): AppError {
  return new AppError('QueryTooHeavy', message, { details: { reason: 'rejected' } });
}

/** What took too long; not asked again at once, because who takes long has enough to do. */
export function tooLong(message: string, cause?: unknown): AppError {
  return new AppError('QueryTooHeavy', message, { cause, details: { reason: 'timeout' } });
}

export function unavailable(message: string, cause?: unknown): AppError {
  return new AppError('PrometheusUnavailable', message, { cause });
}

/** Why no answer came at all; a server that speaks plain HTTP will not speak TLS the next time. */
export function unreachable(error: unknown): Refusal {
  const message = `Prometheus cannot be reached: ${messageOf(error)}.`;
  if (/wrong version number|packet length too long/i.test(message)) {
    const says = `${message} It does not speak TLS there: write http:// in the source's url.`;
    return { error: unavailable(says, error), again: false };
  }
  return { error: unavailable(message, error), again: true };
}

const statusOfErrorType: Readonly<Record<string, number>> = {
  bad_data: 400,
  execution: 422,
  timeout: 503,
  canceled: 503,
  unavailable: 503,
  not_found: 404,
  too_many_requests: 429,
  too_large_entry: 413,
};

/** The status that should have come with an answer of 200 that says that it is an error; else `null`. */
export function statusSaidIn(text: string): number | null {
  // A proper answer, which may be long, is not parsed twice for this.
  if (text.length > mostOfWords || !text.includes('"error"')) return null;
  const body = objectIn(text);
  if (body?.status !== 'error') return null;
  const errorType = String(body.errorType ?? '');
  const asNumber = /^[45]\d\d$/.test(errorType) ? Number(errorType) : 500;
  return statusOfErrorType[errorType] ?? asNumber;
}

/** Of what a server says, no more is looked at. */
const mostOfWords = 100_000;

/** The error of a Prometheus answer, or whatever a proxy sent instead; and how much of it to quote. */
function wordsOf(text: string): { errorType: string; error: string; most: number } {
  const body = objectIn(text);
  if (body !== null && 'error' in body) {
    const error = withoutQuery(String(body.error).slice(0, mostOfWords));
    return { errorType: String(body.errorType ?? ''), error, most: 500 };
  }
  const page = withoutQuery(text.slice(0, mostOfWords)).replace(/\s+/g, ' ').trim();
  return { errorType: '', error: page, most: 200 };
}

/** VictoriaMetrics says the whole question before what is wrong with it. */
function withoutQuery(text: string): string {
  return text.replace(/query="(?:[^"\\]|\\.)*"/g, 'query=…');
}

/** The beginning of a long text and its end, where the reason often stands. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor(most / 3);
  return `${text.slice(0, most - end)} … ${text.slice(-end)}`;
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const body: unknown = JSON.parse(text);
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    return isObject ? { ...body } : null;
  } catch {
    return null;
  }
}
