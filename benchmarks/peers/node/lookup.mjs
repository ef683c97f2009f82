// The bare lookup, the same for every peer on Node: the platforms' batch call through undici's
// pool (kept connections, the fastest client for Node), a DataLoader for each request as its
// documentation advises, and outcomes as plain objects that default resolvers read.
import { readFileSync } from 'node:fs'
import DataLoader from 'dataloader'
import { Pool } from 'undici'

const LARGEST_BATCH = 100 // subjects that the platforms take in one call
const HEADERS = { 'content-type': 'application/json' }

export const typeDefs = readFileSync(new URL('schema.graphql', import.meta.url), 'utf8')

class Source {
  constructor(name, url) {
    this.name = name
    this.pool = new Pool(url, { connections: 256 }) // opened as they are needed
  }

  async answers(lookups) {
    const requests = lookups.map(({ type, subject, purpose }, place) => ({
      ref: String(place),
      certificateType: type,
      subject: { id: subject.person.residentId, name: subject.person.name },
      purpose
    }))
    const { statusCode, body } = await this.pool.request({
      method: 'POST',
      path: '/api/v1/proofs/lookup',
      headers: HEADERS,
      body: JSON.stringify({ requests })
    })
    const document = await body.json()
    if (statusCode !== 200) throw new Error(`${this.name}: HTTP ${statusCode}`)
    const answers = new Array(lookups.length)
    for (const answer of document.answers) answers[answer.ref] = answer
    return answers
  }
}

const SOURCES = [
  new Source('verification', process.env.PLATFORM_URL),
  new Source('verification_second', process.env.SECOND_PLATFORM_URL)
]

// One outcome for each lookup, in order: from the first source that holds it.
async function lookedUp(lookups) {
  const outcomes = new Array(lookups.length)
  let open = lookups.map((_, place) => place)
  for (const source of SOURCES) {
    const answers = await source.answers(open.map((place) => lookups[place]))
    open.forEach((place, number) => {
      outcomes[place] = outcome(source, lookups[place], answers[number])
    })
    open = open.filter((place) => outcomes[place].__typename === 'NotHeld')
    if (open.length === 0) break
  }
  return outcomes
}

function outcome(source, { type }, answer) {
  if (answer?.status === 'notHeld') return { __typename: 'NotHeld', type }
  if (answer?.status !== 'held') return new Error(`${source.name}: no answer`)
  const { fields } = answer
  return {
    __typename: 'Found',
    source,
    certificate: {
      __typename: 'HouseholdRegister',
      name: fields.name,
      idNumber: fields.id_number,
      householdNumber: fields.household_number,
      householdKind: fields.household_kind,
      relationToHead: fields.relation_to_head,
      maritalStatus: fields.marital_status,
      education: fields.education,
      policeStation: fields.police_station
    }
  }
}

const sameness = ({ type, subject, purpose }) =>
  `${type} ${subject.person.residentId} ${purpose.item} ${purpose.case}`

export const loader = () =>
  new DataLoader(lookedUp, { maxBatchSize: LARGEST_BATCH, cacheKeyFn: sameness })

// Takes the request's loader out of whatever context the server hands to resolvers.
export const resolversBy = (loaderOf) => ({
  Query: {
    certificate: (_, lookup, context) => loaderOf(context).load(lookup),
    certificates: (_, { lookups, purpose }, context) =>
      loaderOf(context).loadMany(lookups.map(({ type, subject }) => ({ type, subject, purpose })))
  }
})

// The URL as the first line on stdout; SIGTERM ends it, which is Node's default.
export const ready = (port) => console.log(`http://127.0.0.1:${port}`)
