import { ERASED_RECORD_ID } from '@medchain/core'
import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { CommandError } from '../../src/command-error.ts'
import { type MovedCopy, moveRecord } from '../../src/correcting/move-record.ts'

const COPY: MovedCopy = { recordId: new Uint8Array(18).fill(7), compartment: 'hiv' }

/** A network that loses the connection at each step that is named. */
const createNetwork = (copy: MovedCopy | undefined, isSuperseded: boolean) => {
  let found = copy
  let isWithdrawn = isSuperseded
  const done: string[] = []
  const losing = new Set<string>()
  const step = (name: string): void => {
    done.push(name)
    if (losing.delete(name)) throw new CommandError('node.unreachable', 'gone')
  }
  return {
    done,
    losing,
    parts: {
      findCopy: async () => found,
      isSuperseded: async () => isWithdrawn,
      copy: async () => {
        step('copy')
        found = COPY
        return COPY
      },
      withdraw: async () => {
        step('withdraw')
        isWithdrawn = true
      },
    },
  }
}

const codeOf = async (parts: Parameters<typeof moveRecord>[0]): Promise<string> => {
  try {
    await moveRecord(parts)
    return 'ok'
  } catch (error) {
    return (error as CommandError).code
  }
}

test('C16: the copy stands before the record is withdrawn, and running again changes nothing', async () => {
  const { parts, done } = createNetwork(undefined, false)
  equal(await moveRecord(parts), { ...COPY, isNew: true })
  equal(await moveRecord(parts), { ...COPY, isNew: false })
  equal(done, ['copy', 'withdraw'])
})

test('C16: wherever it was interrupted, the same command goes on without a second copy', async () => {
  const { parts, done, losing } = createNetwork(undefined, false)
  losing.add('copy').add('withdraw')
  is(await codeOf(parts), 'node.unreachable')
  is(await codeOf(parts), 'node.unreachable')
  equal(await moveRecord(parts), { ...COPY, isNew: true })
  equal(done, ['copy', 'copy', 'withdraw', 'withdraw'])
})

test('what was withdrawn without a copy, or erased where it went, is not moved', async () => {
  is(await codeOf(createNetwork(undefined, true).parts), 'records.superseded')
  is(await codeOf(createNetwork({ ...COPY, recordId: ERASED_RECORD_ID }, true).parts), 'import.erased')
})

test.run()
