// Runs DOCUMENT against URL with KEY through npm's graphql-sse; prints a JSON line per happening.
import { createClient } from "graphql-sse";

const [url, key, document, variables = "{}", most = "1000"] = process.argv.slice(2);
const tell = (happening) => process.stdout.write(`${JSON.stringify(happening)}\n`);

const client = createClient({
  url,
  headers: { authorization: `Bearer ${key}` },
  singleConnection: false,
  retryAttempts: 0,
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
  tell({ error: { status: error.response?.status, message: error.message } });
}
client.dispose();
