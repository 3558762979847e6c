import {
  accounts,
  certificateSchema,
  encode,
  genesisSchema,
  headerSchema,
  hexFromBytes,
  institutionIdOf,
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

/** A client of a node that answers with `alter` applied to the truth. */
const clientOf = (chain: SampleChain, alter: (answer: Proven) => Proven, genesis = chain.genesis) => ({
  networkId: async () => chain.networkId,
  get: async <T>(path: string, query?: { readonly [name: string]: unknown }): Promise<T> => {
    if (path === '/v1/genesis') return { genesis: base64(encode(genesisSchema, genesis)) } as T
    const { value, proof, header, certificate } = alter(
      chain.prove(new Uint8Array(Buffer.from(String(query?.['key']), 'hex'))),
    )
    return {
      value: value ? base64(value) : null,
      proof: base64(encode(stateProofSchema, proof as StateProof)),
      header: base64(encode(headerSchema, header)),
      certificate: base64(encode(certificateSchema, certificate)),
    } as T
  },
})

const read = async (
  chain: SampleChain,
  alter: (answer: Proven) => Proven,
  genesis = chain.genesis,
): Promise<string> => {
  const key = accounts.keyOf(institutionIdOf(chain.genesis.members[1]!))
  try {
    const account = await readState(clientOf(chain, alter, genesis), accounts.schema, key)
    return account?.institutionName ?? 'nothing'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

test('a state entry is believed under a quorum’s header only', async () => {
  const chain = createSampleChain(Date.now)
  const other = createSampleChain(Date.now)
  equal(await read(chain, (answer) => answer), 'south-hospital')
  equal(await read(chain, (answer) => ({ ...answer, value: undefined })), 'proof.false')
  equal(
    await read(chain, (answer) => ({ ...answer, header: { ...answer.header, timeMs: 1 } })),
    'proof.false',
  )
  equal(
    await read(chain, (answer) => ({
      ...answer,
      certificate: {
        ...answer.certificate,
        bitmap: Uint8Array.of(3),
        signatures: answer.certificate.signatures.slice(0, 2),
      },
    })),
    'proof.false',
  )
  const key = accounts.keyOf(institutionIdOf(other.genesis.members[1]!))
  equal(await read(chain, () => other.prove(key)), 'proof.false')
  equal(await read(chain, (answer) => answer, other.genesis), 'proof.false')
})

test('institutions and their keys are those of the genesis document', async () => {
  const chain = createSampleChain(Date.now)
  const named = chain.genesis.members.map((member) => ({
    did: `did:medchain:z${hexFromBytes(member.salt)}`,
    sealingKey: hexFromBytes(member.sealingKey),
    signingKey: hexFromBytes(member.signingKey),
  }))
  const truth = clientOf(chain, (answer) => answer)
  const get = async <T>(path: string, query?: { readonly [name: string]: unknown }): Promise<T> =>
    path === '/v1/members' ? ({ members: named } as T) : truth.get<T>(path, query)
  const code = await provenMembers({ networkId: truth.networkId, get }).then(
    () => 'believed',
    (error: { code?: string }) => error.code,
  )
  equal(code, 'proof.false')
})

test.run()
