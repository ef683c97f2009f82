// Mercurius on Fastify with graphql-jit: compiled at the second request of a document; parsed and
// validated documents are kept by default.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { loader, ready, resolversBy, typeDefs } from './lookup.mjs'

const app = Fastify()
app.register(mercurius, {
  schema: typeDefs,
  resolvers: resolversBy((context) => context.loader),
  context: () => ({ loader: loader() }),
  jit: 1
})
await app.listen({ host: '127.0.0.1', port: 0 })
ready(app.server.address().port)
