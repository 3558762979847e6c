import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { createLender } from '../../bench/scenarios/lender.ts'

const createWorld = (isSharing: boolean) => {
  const said: string[] = []
  let made = 0
  const lender = createLender(isSharing)
  const use = (name: string | undefined, isSpoiled = false) =>
    lender.lend({
      name,
      isSpoiled,
      create: async () => {
        const id = ++made
        said.push(`made ${id}`)
        return { id, close: async () => void said.push(`closed ${id}`) }
      },
      work: async ({ id }) => {
        said.push(`used ${id}`)
        if (name === 'broken') throw new Error('broken')
      },
    })
  return { said, use, lender }
}

test('one that wants what the last one had gets the same, until it is spoiled', async () => {
  const { said, use, lender } = createWorld(true)
  await use('a')
  await use('a', true)
  await use('a')
  await use('b')
  await use(undefined)
  await use('b')
  await lender.close()
  equal(said, [
    ...['made 1', 'used 1', 'used 1', 'closed 1'],
    ...['made 2', 'used 2', 'closed 2'],
    ...['made 3', 'used 3', 'closed 3'],
    ...['made 4', 'used 4', 'closed 4'],
    ...['made 5', 'used 5', 'closed 5'],
  ])
})

test('without sharing everybody gets a new one', async () => {
  const { said, use } = createWorld(false)
  await use('a')
  await use('a')
  equal(said, ['made 1', 'used 1', 'closed 1', 'made 2', 'used 2', 'closed 2'])
})

test('what failed is closed and lent to nobody', async () => {
  const { said, use } = createWorld(true)
  let failed = false
  await use('broken').catch(() => {
    failed = true
  })
  equal(failed, true)
  equal(said, ['made 1', 'used 1', 'closed 1'])
})

test.run()
