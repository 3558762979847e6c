import {
  createOverlay,
  type GenesisMember,
  genesisChanges,
  hexFromBytes,
  institutionIdOf,
  institutionsIn,
  memberOrder,
  members,
  unwrap,
} from '@medchain/core'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { createGenesis, memberFromKeys } from '../../src/config/index.ts'
import { generateNodeKeys } from '../../src/config/node-keys.ts'
import { createMemberDirectory } from '../../src/replica/index.ts'

const made: readonly GenesisMember[] = Array.from({ length: 6 }, (_, index) =>
  memberFromKeys(generateNodeKeys(), {
    name: `h${index}`,
    role: 'hospital',
    addresses: [],
    isValidator: true,
  }),
)
const genesis = unwrap(createGenesis(made.slice(0, 5), { name: 'made', timeMs: 1000 }))
const idOf = (index: number): string => hexFromBytes(institutionIdOf(made[index]!))

type Followed = Parameters<ReturnType<typeof createMemberDirectory>['follow']>[0]

const sceneOf = () => {
  const state = createOverlay({ read: () => undefined })
  state.absorb(genesisChanges(genesis))
  const directory = createMemberDirectory(genesis)
  const { view } = state
  const set = (hash: number) => new Uint8Array(32).fill(hash)
  const commit = (height: number, kinds: readonly string[], changesSet = false): readonly string[] => {
    const header = { validatorSetHash: set(1), nextValidatorSetHash: set(changesSet ? 2 : 1) }
    const transactions = kinds.map((kind) => ({ kind }))
    directory.follow({ height, header, transactions } as unknown as Followed, view)
    return directory.members().map(({ institution }) => institution)
  }
  return { view, directory, commit }
}

const ids = (...indices: readonly number[]): readonly string[] => indices.map(idOf)

test('the founders may connect before the state is read', () => {
  equal(
    sceneOf()
      .directory.members()
      .map(({ institution }) => institution),
    ids(0, 1, 2, 3, 4),
  )
})

test('a member is known from the block on whose vote admits it', () => {
  const { view, commit } = sceneOf()
  const newcomer = made[5]!
  view.put(members, { ...newcomer, isValidator: false }, institutionIdOf(newcomer))
  view.put(memberOrder, [...institutionsIn(view), institutionIdOf(newcomer)])
  equal(commit(6, ['records.anchor']), ids(0, 1, 2, 3, 4))
  equal(commit(7, ['governance.vote']), ids(0, 1, 2, 3, 4, 5))
})

test('a founder that was removed is known no more, though no transaction stands in the block that removes it', () => {
  const { view, commit } = sceneOf()
  equal(commit(7, ['governance.vote']), ids(0, 1, 2, 3, 4))
  view.put(memberOrder, institutionsIn(view).slice(1))
  equal(commit(8, []), ids(1, 2, 3, 4))
})

test('who votes is read again when the set changes', () => {
  const { view, directory, commit } = sceneOf()
  view.put(members, { ...made[2]!, isValidator: false }, institutionIdOf(made[2]!))
  commit(30, [], true)
  equal(
    directory.members().map(({ isValidator }) => isValidator),
    [true, true, false, true, true],
  )
})

test.run()
