// Hive Gateway 2 by its runtime, with code resolvers and a DataLoader, which is faster here than its
// declarative REST source (that one makes a call for each lookup under aliases). Without the JIT
// plugin, which was measured and made aliases slower and lists no faster; nothing is logged.
import { createServer } from 'node:http'
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'
import { parse } from 'graphql'
import { loader, ready, resolversBy, typeDefs } from './lookup.mjs'

const loaders = new WeakMap()

function loaderOf({ request }) {
  if (!loaders.has(request)) loaders.set(request, loader())
  return loaders.get(request)
}

const gateway = createGatewayRuntime({
  subgraph: parse(typeDefs),
  additionalResolvers: resolversBy(loaderOf),
  logging: false,
  graphiql: false,
  landingPage: false
})
const server = createServer(gateway)
server.listen(0, '127.0.0.1', () => ready(server.address().port))
