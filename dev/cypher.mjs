// Asks the graph in Cypher where there is no cypher-shell; reads only:
//
//   node --env-file=.topolog/env dev/cypher.mjs 'MATCH (s:Service) RETURN s.id LIMIT 5'
//   node --env-file=.topolog/env dev/cypher.mjs 'MATCH (s {id: $id}) RETURN s.kind' id=checkout
import process from 'node:process';
import neo4j from 'neo4j-driver';

const [text, ...given] = process.argv.slice(2);
const { NEO4J_URI = 'bolt://127.0.0.1:7687', NEO4J_USER = 'neo4j', NEO4J_PASSWORD } = process.env;

/** Numbers as such, times as text, and of nodes and relationships what they hold. */
function plain(/** @type {unknown} */ _, /** @type {any} */ value) {
  if (neo4j.isInt(value)) return value.inSafeRange() ? value.toNumber() : value.toString();
  if (neo4j.isNode(value) || neo4j.isRelationship(value)) return value.properties;
  return neo4j.isDateTime(value) || neo4j.isDuration(value) ? value.toString() : value;
}

async function main() {
  if (!text)
    throw new Error("usage: node --env-file=.topolog/env dev/cypher.mjs 'CYPHER' [NAME=TEXT…]");
  const parameters = Object.fromEntries(
    given.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]),
  );
  const auth = NEO4J_PASSWORD ? neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD) : undefined;
  const driver = neo4j.driver(NEO4J_URI, auth);
  const session = driver.session({
    database: process.env.NEO4J_DATABASE || 'neo4j',
    defaultAccessMode: neo4j.session.READ,
  });
  try {
    // Row by row, so that a large answer needs no memory; and a reader that has enough ends it.
    await session.executeRead(async (transaction) => {
      for await (const record of transaction.run(text, parameters)) {
        console.log(JSON.stringify(record.toObject(), plain));
      }
    });
  } finally {
    await session.close();
    await driver.close();
  }
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
