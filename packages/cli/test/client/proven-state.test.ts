import {
  accounts,
  certificateSchema,
  createOverlay,
  encode,
  encodeHandover,
  genesisSchema,
  type Handover,
  headerSchema,
  hexFromBytes,
  institutionIdOf,
  memberOrder,
  type StateProof,
  stateProofSchema,
} from '@medchain/core'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { provenMembers } from '../../src/client/proven-members.ts'
import { readState } from '../../src/client/proven-state.ts'
import { createSampleChain, type SampleChain } from '../sample/sample-chain.ts'

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

type Proven = ReturnType<SampleChain['prove']>

interface Lies {
  readonly alter?: (answer: Proven) => Proven
  readonly genesis?: SampleChain['genesis']
  readonly handovers?: readonly Handover[]
}

/** A client of a node that answers with the truth, lies aside; `asked` collects the paths. */
const clientOf = (chain: SampleChain, lies: Lies = {}, asked: string[] = []) => ({
  networkId: async () => chain.networkId,
  get: async <T>(path: string, query?: { readonly [name: string]: unknown }): Promise<T> => {
    asked.push(path)
    if (path === '/v1/genesis')
      return { genesis: base64(encode(genesisSchema, lies.genesis ?? chain.genesis)) } as T
    if (path === '/v1/handovers') {
      const handovers = lies.handovers ?? chain.handovers
      return { handovers: handovers.map((each) => base64(encodeHandover(each))) } as T
    }
    const truth = chain.prove(new Uint8Array(Buffer.from(String(query?.['key']), 'hex')))
    const { value, proof, header, certificate } = lies.alter?.(truth) ?? truth
    return {
      value: value ? base64(value) : null,
      proof: base64(encode(stateProofSchema, proof as StateProof)),
      header: base64(encode(headerSchema, header)),
      certificate: base64(encode(certificateSchema, certificate)),
    } as T
  },
})

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? String(error)

const read = async (chain: SampleChain, lies: Lies = {}, client = clientOf(chain, lies)): Promise<string> => {
  const key = accounts.keyOf(institutionIdOf(chain.genesis.members[1]!))
  try {
    const account = await readState(client, accounts.schema, key)
    return account?.institutionName ?? 'nothing'
  } catch (error) {
    return codeOf(error)
  }
}

test('a state entry is believed under a quorum’s header only', async () => {
  const chain = createSampleChain(Date.now)
  const other = createSampleChain(Date.now)
  equal(await read(chain), 'south-hospital')
  equal(await read(chain, { alter: (answer) => ({ ...answer, value: undefined }) }), 'proof.false')
  const retimed = (answer: Proven) => ({ ...answer, header: { ...answer.header, timeMs: 1 } })
  equal(await read(chain, { alter: retimed }), 'proof.false')
  const byTwo = (answer: Proven) => ({
    ...answer,
    certificate: {
      ...answer.certificate,
      bitmap: Uint8Array.of(3),
      signatures: answer.certificate.signatures.slice(0, 2),
    },
  })
  equal(await read(chain, { alter: byTwo }), 'proof.false')
  const key = accounts.keyOf(institutionIdOf(other.genesis.members[1]!))
  equal(await read(chain, { alter: () => other.prove(key) }), 'proof.false')
  equal(await read(chain, { genesis: other.genesis }), 'proof.false')
})

test('after changes of the validators a client that knows the genesis document alone follows them', async () => {
  const chain = createSampleChain(Date.now)
  const asked: string[] = []
  const client = clientOf(chain, {}, asked)
  equal(await read(chain, {}, client), 'south-hospital')
  equal(asked, ['/v1/proofs', '/v1/genesis'])
  chain.handOver()
  equal(await read(chain, {}, client), 'south-hospital')
  chain.handOver()
  equal(await read(chain, {}, client), 'south-hospital')
  equal(await read(chain, {}, client), 'south-hospital')
  equal(asked.filter((path) => path === '/v1/handovers').length, 2)
})

test('handovers that are false, or left out, are not believed', async () => {
  const chain = createSampleChain(Date.now)
  const other = createSampleChain(Date.now)
  for (const each of [chain, other]) {
    each.handOver()
    each.handOver()
  }
  const [first, second] = chain.handovers as [Handover, Handover]
  equal(await read(chain, { handovers: [first] }), 'proof.false')
  equal(await read(chain, { handovers: [] }), 'proof.false')
  equal(await read(chain, { handovers: [second] }), 'proof.handover')
  equal(await read(chain, { handovers: [second, first] }), 'proof.handover')
  equal(await read(chain, { handovers: other.handovers }), 'proof.handover')
  equal(await read(chain, { handovers: [{ ...first, validators: second.validators }] }), 'proof.handover')
  const made = other.prove(accounts.keyOf(institutionIdOf(chain.genesis.members[1]!)))
  equal(await read(chain, { handovers: other.handovers, alter: () => made }), 'proof.handover')
})

test('institutions and their keys are those that the chain proves, newcomers among them', async () => {
  const chain = createSampleChain(Date.now)
  const named = await provenMembers(clientOf(chain))
  equal(
    named.map(({ name, signingKey }) => `${name} ${signingKey}`),
    chain.genesis.members.map(({ name, signingKey }) => `${name} ${hexFromBytes(signingKey)}`),
  )
  const newcomer = new Uint8Array(32).fill(9)
  const overlay = createOverlay({ read: () => undefined })
  const account = chain.view.get(accounts, institutionIdOf(chain.genesis.members[0]!))!
  overlay.view.put(accounts, { ...account, institutionName: 'east-hospital' }, newcomer)
  overlay.view.put(memberOrder, [...chain.view.get(memberOrder)!.slice(1), newcomer])
  chain.absorb(overlay.changes)
  equal(
    (await provenMembers(clientOf(chain))).map(({ name }) => name),
    ['south-hospital', 'city-laboratory', 'research-institute', 'east-hospital'],
  )
  const absent = (answer: Proven) => ({ ...answer, value: undefined })
  equal(await provenMembers(clientOf(chain, { alter: absent })).catch(codeOf), 'proof.false')
})

test.run()
