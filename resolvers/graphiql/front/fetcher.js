import { createGraphiQLFetcher } from "@graphiql/toolkit";

function parsed(headers) {
  try {
    return JSON.parse(headers);
  } catch {
    return undefined;
  }
}

/**
 * A fetcher whose first look at the schema carries the key too: GraphiQL asks for the schema before
 * its header editor is there, and would ask without headers.
 */
export function keyedFetcher(endpoint, startingHeaders) {
  const fetcher = createGraphiQLFetcher({ url: endpoint });
  const early = parsed(startingHeaders);
  return (parameters, options) => {
    const headers =
      options?.headers ?? (parameters.operationName === "IntrospectionQuery" ? early : undefined);
    return fetcher(parameters, { ...options, headers });
  };
}
