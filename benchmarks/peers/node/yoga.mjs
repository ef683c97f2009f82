// GraphQL Yoga on Node's own HTTP server with graphql-jit and its compiled JSON serializer; parsed
// and validated documents are kept by default.
import { createServer } from 'node:http'
import { useGraphQlJit } from '@envelop/graphql-jit'
import { createSchema, createYoga } from 'graphql-yoga'
import { loader, ready, resolversBy, typeDefs } from './lookup.mjs'

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers: resolversBy((context) => context.loader) }),
  context: () => ({ loader: loader() }),
  plugins: [useGraphQlJit({ customJSONSerializer: true })],
  graphiql: false,
  landingPage: false,
  logging: false
})
const server = createServer(yoga)
server.listen(0, '127.0.0.1', () => ready(server.address().port))
