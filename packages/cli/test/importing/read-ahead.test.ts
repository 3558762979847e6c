import path from 'node:path'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { findFiles } from '../../src/importing/find-files.ts'
import { createReadAhead } from '../../src/importing/read-ahead.ts'
import { readResources } from '../../src/importing/read-resources.ts'
import { withFolder } from './temporary-folder.ts'

const observation = (id: string) => `{"resourceType":"Observation","id":"${id}"}`

const FILES = {
  'a.ndjson': Array.from({ length: 3000 }, (_, index) => observation(`a${index}`)).join('\n'),
  'b.json': '{"resourceType":',
  'c.json': observation('c'),
  'd.ndjson': `${observation('d')}\n{"id":1}\n`,
}

test('what is read ahead is what would have been read, failures at their file', async () => {
  await withFolder(FILES, async (folder) => {
    const { files } = await findFiles([folder], false)
    const told = async (source: typeof readResources): Promise<string[]> => {
      const lines: string[] = []
      for (const file of files) {
        const name = path.basename(file.path)
        try {
          for await (const { resources, failures } of source(file)) {
            lines.push(...resources.map(({ bytes }) => `${name} ${Buffer.from(bytes)}`))
            lines.push(...failures.map(({ code, message }) => `${name} ${code} ${message}`))
          }
        } catch (error) {
          lines.push(`${name} failed ${(error as { code: string }).code}`)
        }
      }
      return lines
    }
    const ahead = createReadAhead(files)
    const found = await told(ahead.resourcesOf as typeof readResources)
    equal(found, await told(readResources))
    ok(found.length > 3000)
    await ahead.close()
  })
})

test('a file that is left half read is followed by the next one, and nobody has to read to the end', async () => {
  await withFolder(FILES, async (folder) => {
    const { files } = await findFiles([folder], false)
    const ahead = createReadAhead(files)
    const [first, , third] = files
    if (!first || !third) throw new Error('there are four files')
    for await (const { resources } of ahead.resourcesOf(first)) {
      ok(resources.length > 0)
      break
    }
    const ids: unknown[] = []
    for await (const { resources } of ahead.resourcesOf(third))
      ids.push(...resources.map(({ resource }) => resource['id']))
    equal(ids, ['c'])
    await ahead.close()
  })
})

test.run()
