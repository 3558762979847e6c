import { test } from 'uvu'
import { equal, match } from 'uvu/assert'
import { placeOf } from '../../bench/profile/place-of.ts'
import { profileTable } from '../../bench/profile/profile-table.ts'
import { addProfile, type CpuProfile, type SelfTimes } from '../../bench/profile/self-times.ts'

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 6 })
const LIBRARY =
  'file:///m/node_modules/.pnpm/@libp2p+gossipsub@17.1.1/node_modules/@libp2p/gossipsub/dist/src/gossipsub.js'

test('a frame belongs to a room, a package or a part of Node.js', () => {
  const places = [
    ['file:///m/packages/core/dist/consensus/engine.js', 'core consensus'],
    ['file:///m/packages/core/dist/contracts/consent/apply.js', 'core contracts'],
    ['file:///m/packages/node/dist/node.js', 'node (composition)'],
    [LIBRARY, '@libp2p/gossipsub'],
    ['file:///m/node_modules/.pnpm/lmdb@3.5.6/node_modules/lmdb/read.js', 'lmdb'],
    ['node:internal/crypto/hash', 'node:crypto'],
    ['node:_http_server', 'node:http'],
    ['wasm://wasm/1b2c', 'WebAssembly'],
  ] as const
  for (const [url, place] of places) equal(placeOf(frame('work', url)), place)
  equal(placeOf(frame('(garbage collector)')), 'garbage collection')
  equal(placeOf(frame('toString')), undefined)
})

const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 5] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('onMessage', LIBRARY), children: [4] },
    { id: 4, callFrame: frame('set') },
    { id: 5, callFrame: frame('', 'file:///m/packages/core/dist/state/tree.js') },
  ],
  startTime: 1_000,
  samples: [3, 4, 2, 5, 3],
  timeDeltas: [100, 1_000, 1_000, 1_000, 1_000],
}

test('a built-in function is paid by its caller, and only what lies in the span counts', () => {
  const times: SelfTimes = new Map()
  addProfile(times, PROFILE, { fromUs: 2_000, toUs: 4_500 })
  const found = [...times].map(([place, { microseconds }]) => [place, microseconds])
  equal(found, [
    ['@libp2p/gossipsub', 1_000],
    ['idle', 1_000],
    ['core state', 1_000],
  ])
})

test('the table has a share and the time of a transaction at one daemon', () => {
  const span = { name: '200/s', fromUs: 2_000, toUs: 4_500, committed: 10 }
  const table = profileTable([PROFILE, PROFILE], span)
  match(table, /^200\/s: 2 daemons, main threads busy for 67 % of the time, 200\.0 µs a transaction/)
  match(table, /50\.0 +100\.0 {2}core state +tree\.js:7/)
  match(profileTable([], span), /no profile/)
})

test.run()
