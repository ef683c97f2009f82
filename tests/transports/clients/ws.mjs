// Runs DOCUMENT against URL with KEY through npm's graphql-ws; prints a JSON line per happening.
import { createClient } from "graphql-ws";

const [url, key, document, variables = "{}", most = "1000"] = process.argv.slice(2);
const tell = (happening) => process.stdout.write(`${JSON.stringify(happening)}\n`);

const client = createClient({
  url,
  connectionParams: { authorization: `Bearer ${key}` },
  retryAttempts: 0,
  keepAlive: 100,
  on: {
    connected: () => tell({ connected: true }),
    pong: (received) => received && tell({ pong: true }),
    closed: ({ code, reason }) => tell({ closed: code, reason }),
  },
});

let seen = 0;
try {
  for await (const result of client.iterate({ query: document, variables: JSON.parse(variables) })) {
    tell({ next: result });
    seen += 1;
    if (seen >= Number(most)) break;
  }
  tell({ complete: true });
} catch (error) {
  tell({ error: Array.isArray(error) ? error : { code: error.code, reason: error.reason } });
}
await client.dispose();
