import neo4j, {
  type Driver,
  type ManagedTransaction,
  Neo4jError,
  type QueryResult,
} from 'neo4j-driver';
import { z } from 'zod';
import { cancellation, unlessAborted } from '../runtime/cancellation.ts';
import { AppError, messageOf } from '../runtime/errors.ts';
import { instantWithin } from '../runtime/instant.ts';
import type { ParamType, Side, Statement, Statements } from './statements.ts';

type Params = Readonly<Record<string, unknown>>;

/** Runs named statements inside one transaction. */
export interface Transaction {
  /** Runs `cypher/<name>.cypher` and parses each of its rows. */
  rows<Row>(name: string, params: Params, row: z.ZodType<Row>): Promise<Row[]>;
  /** Runs a statement whose rows nobody needs. */
  run(name: string, params: Params): Promise<void>;
}

/** What the one who holds the write lane knows of the graph; nobody changes it meanwhile. */
export interface Lane {
  /** Counts the changes of aliases. */
  readonly aliasVersion: number;
}

/** The graph: named statements in read transactions, or in the one write lane. */
export interface Database {
  /** Ends in the database too as soon as `cancellation()` is aborted, with its reason. */
  read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * Writes in the lane: locks the (:Graph) node first and holds it to the commit, so writers never
   * meet in the middle. `work` may run again after a passing fault, so it must not keep state. What
   * its statements say they move gets a new token in the same transaction.
   */
  write<T>(work: (transaction: Transaction, lane: Lane) => Promise<T>): Promise<T>;
  /**
   * Writes what is neither evidence nor belief, such as keys: beside the lane, so that it neither
   * waits for ingestion nor holds it up. `work` may run again, as in the lane.
   */
  writeBeside<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Creates or completes constraints, indexes and the (:Graph) node; safe to repeat. */
  applySchema(): Promise<void>;
  /**
   * Looks whether the graph answers, within 5 s if no other time is given.
   *
   * @throws AppError `GraphUnavailable`, or `SchemaMissing` when the schema was not applied.
   */
  ping(withinMillis?: number): Promise<void>;
  close(): Promise<void>;
}

/** Told of every statement that ended, and of its error; for metrics and traces. */
export type OnStatement = (name: string, durationSeconds: number, error: unknown) => void;

/** Told of every transaction that begins; what it answers is told of its attempts and its end. */
export type OnTransaction = (access: 'READ' | 'WRITE') => {
  /** Called when a connection is there; again when the transaction is repeated. */
  began(): void;
  ended(error: unknown): void;
};

export interface DatabaseOptions {
  readonly driver: Driver;
  readonly database: string;
  readonly statements: Statements;
  readonly onStatement?: OnStatement;
  readonly onTransaction?: OnTransaction;
}

const readTimeoutMillis = 15_000;
/** A frozen holder of the lane would otherwise stop all writing. */
const laneTimeoutMillis = 30_000;
const besideTimeoutMillis = 10_000;

export function createDatabase(options: DatabaseOptions): Database {
  const { driver, database, statements } = options;
  // On a cluster, what this process wrote is there for what it reads next.
  const bookmarkManager = neo4j.bookmarkManager();
  const schema = [...statements.values()].filter(({ name }) => name.startsWith('schema/'));

  function transactionOf(managed: ManagedTransaction): Transaction {
    async function send(name: string, params: Params): Promise<QueryResult> {
      const statement = statements.get(name);
      if (statement === undefined) throw new Error(`There is no cypher/${name}.cypher.`);
      const typed = typedParams(statement, params);
      const startedAt = performance.now();
      const ended = (error: unknown) =>
        options.onStatement?.(name, (performance.now() - startedAt) / 1000, error);
      try {
        const result = await managed.run(statement.text, typed);
        ended(null);
        return result;
      } catch (error) {
        ended(error);
        throw rethrown(error);
      }
    }
    return {
      async rows(name, params, row) {
        const result = await send(name, params);
        return result.records.map((record) => row.parse(record.toObject()));
      },
      async run(name, params) {
        await send(name, params);
      },
    };
  }

  /** The same transaction, which notes what its statements move. */
  function watched(transaction: Transaction, moved: Set<Side>): Transaction {
    const note = (name: string) => {
      for (const side of statements.get(name)?.moves ?? []) moved.add(side);
    };
    return {
      rows(name, params, row) {
        note(name);
        return transaction.rows(name, params, row);
      },
      run(name, params) {
        note(name);
        return transaction.run(name, params);
      },
    };
  }

  async function inSession<T>(
    mode: 'READ' | 'WRITE',
    timeout: number,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    // What is being written is finished: a client that leaves must not undo it.
    const signal = mode === 'READ' ? cancellation() : undefined;
    signal?.throwIfAborted();
    const session = driver.session({ database, defaultAccessMode: mode, bookmarkManager });
    const observed = options.onTransaction?.(mode);
    const inTransaction = (managed: ManagedTransaction) => {
      observed?.began();
      return work(transactionOf(managed));
    };
    try {
      const running =
        mode === 'READ'
          ? session.executeRead(inTransaction, { timeout })
          : session.executeWrite(inTransaction, { timeout });
      const result = await unlessAborted(signal, running);
      observed?.ended(null);
      return result;
    } catch (error) {
      const thrown: unknown = signal?.aborted ? signal.reason : graphError(error);
      observed?.ended(isRefusal(thrown) ? null : thrown);
      throw thrown;
    } finally {
      // Closing resets the connection, which ends a statement that is still running. Nobody waits
      // for that where nobody waits for the rows.
      const closed = session.close();
      if (signal?.aborted) closed.catch(() => {});
      else await closed;
    }
  }

  function inLane<T>(work: (transaction: Transaction, lane: Lane) => Promise<T>): Promise<T> {
    return inSession('WRITE', laneTimeoutMillis, async (transaction) => {
      const [lane] = await transaction.rows('ingest/lock-graph', {}, laneRow);
      if (lane === undefined) throw schemaMissing();
      const moved = new Set<Side>();
      const result = await work(watched(transaction, moved), lane);
      if (moved.size > 0) {
        const params = { belief: moved.has('belief'), evidence: moved.has('evidence') };
        await transaction.run('ingest/move-tokens', params);
      }
      return result;
    });
  }

  /** Repeats a statement of the schema that does a part at a time until it has nothing left to do. */
  async function untilDone(name: string): Promise<void> {
    for (let left = true; left; ) {
      const rows = await inLane((transaction) => transaction.rows(name, {}, doneRow));
      left = (rows[0]?.done ?? 0) > 0;
    }
  }

  return {
    read: (work) => inSession('READ', readTimeoutMillis, work),
    write: inLane,
    writeBeside: (work) => inSession('WRITE', besideTimeoutMillis, work),
    async applySchema() {
      for (const { name, returns } of schema) {
        if (returns.includes('done')) await untilDone(name);
        else
          await inSession('WRITE', laneTimeoutMillis, (transaction) => transaction.run(name, {}));
      }
    },
    async ping(withinMillis = 5000) {
      const names = schema.flatMap(({ text }) => /CREATE CONSTRAINT (\w+)/.exec(text)?.[1] ?? []);
      const found = await inSession('READ', withinMillis, (transaction) =>
        transaction.rows('query/ping', { names }, pingRow),
      );
      if ((found[0]?.constraints ?? 0) < names.length) throw schemaMissing();
    },
    close: () => driver.close(),
  };
}

const doneRow = z.object({ done: z.number() });
const laneRow = z.object({ sequence: z.number(), aliasVersion: z.number() });
const pingRow = z.object({ constraints: z.number() });

/**
 * The parameters as the statement declares them; a number would otherwise be sent as a float.
 *
 * @throws Error when one is missing or not declared, which is a mistake of ours.
 */
function typedParams(statement: Statement, given: Params): Record<string, unknown> {
  const unknown = Object.keys(given).filter((name) => !statement.params.has(name));
  if (unknown.length > 0) {
    throw new Error(`cypher/${statement.name}.cypher does not declare ${unknown.join()}.`);
  }
  const typed: Record<string, unknown> = {};
  for (const [name, type] of statement.params) {
    const value = given[name];
    if (value === undefined) throw new Error(`cypher/${statement.name}.cypher needs ${name}.`);
    typed[name] = typedValue(type, value);
  }
  return typed;
}

/** A whole number as integer; epoch milliseconds as DateTime in UTC; the same in the fields of rows. */
function typedValue(declared: ParamType, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => typedValue(declared, one));
  if (typeof value === 'number') return typedNumber(declared.type, value);
  if (declared.fields.size === 0 || typeof value !== 'object' || value === null) return value;
  const row: Record<string, unknown> = { ...value };
  for (const [field, type] of declared.fields) {
    const inner = row[field];
    if (typeof inner === 'number') row[field] = typedNumber(type, inner);
  }
  return row;
}

function typedNumber(type: string, value: number): unknown {
  if (type.includes('Integer')) return neo4j.int(value);
  return type.includes('DateTime') ? dateTimeUtc(value) : value;
}

/** The driver's own conversion would write the time zone of this process into the graph. */
function dateTimeUtc(millis: number) {
  const date = new Date(instantWithin(millis));
  return new neo4j.DateTime(
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds() * 1_000_000,
    0,
  );
}

/**
 * The driver would repeat the same rows for a while; they are too many, and fewer may do.
 *
 * What is thrown here is none of its own errors, so it gives up at once.
 */
function rethrown(error: unknown): unknown {
  return error instanceof Neo4jError && isOutOfMemory(error) ? graphError(error) : error;
}

/** Whether the database had too little memory for what a transaction did. */
export function isOutOfMemory(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : error;
  return cause instanceof Neo4jError && /OutOfMemory|TransactionMemoryLimit/.test(cause.code);
}

function schemaMissing(): AppError {
  return new AppError(
    'SchemaMissing',
    'The schema of the graph is missing: run "topolog migrate".',
  );
}

/** Whether the work itself found that there is no such thing, or nobody waits for it any more. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof AppError && error.code !== 'GraphUnavailable' && error.code !== 'SchemaMissing'
  );
}

/** That the database cannot be used now, or refuses us, becomes one code; our own errors pass. */
function graphError(error: unknown): unknown {
  if (!(error instanceof Neo4jError)) return error;
  const ours = error.code.startsWith('Neo.ClientError') && !error.code.includes('.Security.');
  if (ours && !error.code.includes('Transaction')) return error;
  if (error.code === 'ServiceUnavailable') {
    // The driver adds advice about versions long gone; the cause is at its end.
    const [, why = messageOf(error)] = / Caused by: (.+)$/s.exec(error.message) ?? [];
    const message = `Neo4j cannot be reached: check NEO4J_URI (${why}).`;
    return new AppError('GraphUnavailable', message, { cause: error });
  }
  return new AppError('GraphUnavailable', `Neo4j: ${messageOf(error)}`, { cause: error });
}

export interface GraphConnection {
  readonly uri: string;
  readonly user: string;
  readonly password: string | undefined;
  /** How long a transaction is repeated after a passing fault; a server that answers people waits less. */
  readonly retryMillis?: number;
  /** How long a transaction waits for one of the pool's connections. */
  readonly acquisitionMillis?: number;
  /** Connections to each server, and so statements at the same time. */
  readonly poolSize?: number;
}

/** Opens a driver; no connection is made before the first query. */
export function openDriver(connection: GraphConnection): Driver {
  const auth =
    connection.password === undefined
      ? undefined
      : neo4j.auth.basic(connection.user, connection.password);
  return neo4j.driver(connection.uri, auth, {
    disableLosslessIntegers: true,
    connectionAcquisitionTimeout: connection.acquisitionMillis ?? 10_000,
    maxConnectionPoolSize: connection.poolSize ?? 100,
    connectionTimeout: 5000,
    maxTransactionRetryTime: connection.retryMillis ?? 15_000,
    userAgent: 'topolog',
  });
}
