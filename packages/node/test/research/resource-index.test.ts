import { suite } from 'uvu'
import { equal } from 'uvu/assert'
import { createResourceIndex, type ResourceIndex } from '../../src/research/resource-index.ts'
import { createMemoryVault } from '../requests/memory-vault.ts'
import { conditionOf } from './research-world.ts'

const test = suite('the research index')

const logger = { info: () => undefined, warn: () => undefined }
const unit = new Uint8Array(32).fill(1)
const progress = { key: Uint8Array.of(9), value: new Uint8Array(1) }

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    unit,
    record: new Uint8Array(16).fill(index),
    person: 'p',
    resource: conditionOf(String(index)),
  }))

const countIn = async (index: ResourceIndex): Promise<number> => {
  const table = await index.table()
  const [row] = await table.query('select count(*) as count from resource', [])
  return Number(row?.['count'])
}

test('the same rows twice at once count once', async () => {
  const index = createResourceIndex(createMemoryVault(), logger)
  await index.table()
  await Promise.all([index.addDelivered(rowsOf(3), progress), index.addDelivered(rowsOf(3), progress)])
  equal(await countIn(index), 3)
  await index.close()
})

test('rows that are stored while the table opens are in it, once', async () => {
  const index = createResourceIndex(createMemoryVault(), logger)
  const storing = index.addOwn(rowsOf(2))
  const opening = index.table()
  const delivering = index.addDelivered(rowsOf(3), progress)
  await Promise.all([storing, opening, delivering])
  equal(await countIn(index), 5)
  await index.removeDelivered(unit)
  equal(await (await index.table()).query('select unit from resource', []), [])
  await index.close()
})

test('a table that could not be opened is tried again', async () => {
  const vault = createMemoryVault()
  const { list } = vault
  const index = createResourceIndex(vault, logger)
  Object.assign(vault, {
    list: () => {
      throw new Error('disk')
    },
  })
  equal(await index.table().catch((error: Error) => error.message), 'disk')
  Object.assign(vault, { list })
  equal(await countIn(index), 0)
  await index.close()
})

test.run()
