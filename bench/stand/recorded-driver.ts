import type { Driver, ManagedTransaction, Session } from 'neo4j-driver';

/** One statement as it was sent. */
export interface Sent {
  readonly text: string;
  readonly params: unknown;
}

/** The statements that the product sends for some work, to be sent again by a bare driver. */
export async function statementsOf(
  driver: Driver,
  work: (recorded: Driver) => Promise<unknown>,
): Promise<Sent[]> {
  const sent: Sent[] = [];
  const recordTransaction = (transaction: ManagedTransaction): ManagedTransaction =>
    watching(transaction, 'run', (run) => (text: string, params: unknown) => {
      sent.push({ text, params });
      return run.call(transaction, text, params);
    });
  const recordSession = (session: Session): Session =>
    watching(
      session,
      'executeRead',
      (executeRead) =>
        (inTransaction: (transaction: ManagedTransaction) => unknown, config: unknown) =>
          executeRead.call(
            session,
            (transaction: ManagedTransaction) => inTransaction(recordTransaction(transaction)),
            config,
          ),
    );
  await work(
    watching(
      driver,
      'session',
      (session) => (config: unknown) => recordSession(session.call(driver, config) as Session),
    ),
  );
  return sent;
}

/** Sends them in one read transaction, and makes an object of each row, as anybody would. */
export async function send(driver: Driver, statements: readonly Sent[]): Promise<object[][]> {
  const session = driver.session({ database: 'neo4j', defaultAccessMode: 'READ' });
  try {
    return await session.executeRead(async (transaction) => {
      const answers: object[][] = [];
      for (const { text, params } of statements) {
        const { records } = await transaction.run(text, params);
        answers.push(records.map((record) => record.toObject()));
      }
      return answers;
    });
  } finally {
    await session.close();
  }
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** The same object but for one method. */
function watching<T extends object>(
  target: T,
  method: string,
  replace: (original: AnyFunction) => (...args: never[]) => unknown,
): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name, object);
      if (typeof value !== 'function') return value;
      const original = value as AnyFunction;
      return name === method ? replace(original) : original.bind(object);
    },
  });
}
