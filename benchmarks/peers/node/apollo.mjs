// Apollo Server on Fastify, the faster of its two ways; parsed and validated documents are kept by
// default, and usage reporting and schema polling are off without Apollo's key.
import { ApolloServer } from '@apollo/server'
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import Fastify from 'fastify'
import { loader, ready, resolversBy, typeDefs } from './lookup.mjs'

const app = Fastify()
const apollo = new ApolloServer({
  typeDefs,
  resolvers: resolversBy((context) => context.loader),
  plugins: [fastifyApolloDrainPlugin(app)]
})
await apollo.start()
await app.register(fastifyApollo(apollo), { context: async () => ({ loader: loader() }) })
await app.listen({ host: '127.0.0.1', port: 0 })
ready(app.server.address().port)
