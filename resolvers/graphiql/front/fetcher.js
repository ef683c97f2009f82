import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { createClient } from "graphql-ws";

function parsed(headers) {
  try {
    return JSON.parse(headers);
  } catch {
    return undefined;
  }
}

function socketAddress(endpoint) {
  const address = new URL(endpoint, window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

/** A client that connects with its first subscription; a refusal is shown at once, not retried. */
function subscriber(endpoint, headers) {
  return createClient({
    url: socketAddress(endpoint),
    connectionParams: headers,
    retryAttempts: 0,
  });
}

/**
 * A fetcher whose first look at the schema carries the key too: GraphiQL asks for the schema before
 * its header editor is there, and would ask without headers. Subscriptions run over WebSocket, where
 * a browser can't send headers: the key goes into the connection's first message.
 */
export function keyedFetcher(endpoint, startingHeaders) {
  const early = parsed(startingHeaders);
  return (parameters, options) => {
    const headers =
      options?.headers ?? (parameters.operationName === "IntrospectionQuery" ? early : undefined);
    const wsClient = subscriber(endpoint, headers);
    const fetcher = createGraphiQLFetcher({ url: endpoint, wsClient });
    return fetcher(parameters, { ...options, headers });
  };
}
