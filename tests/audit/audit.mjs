// Runs the GraphQL-over-HTTP audits of graphql-http against URL with KEY; prints a JSON list.
import { serverAudits } from "graphql-http";

const [url, key] = process.argv.slice(2);
const withKey = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } });

const results = [];
for (const audit of serverAudits({ url, fetchFn: withKey })) {
  const result = await audit.fn();
  results.push({ id: audit.id, name: audit.name, status: result.status, reason: result.reason });
}
process.stdout.write(JSON.stringify(results));
