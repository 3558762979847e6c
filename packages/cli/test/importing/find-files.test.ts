import { mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { findFiles } from '../../src/importing/find-files.ts'
import { withFolder } from './temporary-folder.ts'

const namesIn = (folder: string, files: readonly { readonly path: string }[]) =>
  files.map((file) => path.relative(folder, file.path))

test('links to folders are not followed, whatever their name, and links to files are', async () => {
  await withFolder({}, async (folder) => {
    await mkdir(path.join(folder, 'inner'))
    await writeFile(path.join(folder, 'inner', 'a.json'), '{}')
    await symlink('..', path.join(folder, 'inner', 'up.json'))
    await symlink('inner', path.join(folder, 'again'))
    await symlink(path.join('inner', 'a.json'), path.join(folder, 'b.json'))
    for (const takesAll of [false, true]) {
      const { files, failures } = await findFiles([folder], takesAll)
      equal(namesIn(folder, files), ['b.json', path.join('inner', 'a.json')])
      equal(failures, [])
    }
    const named = await findFiles([path.join(folder, 'again')], false)
    equal(namesIn(folder, named.files), [path.join('again', 'a.json')])
  })
})

test.run()
