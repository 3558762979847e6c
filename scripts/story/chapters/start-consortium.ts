import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { isFree } from '../../../packages/node/test/process/free-ports.ts'
import { ask, runCommand, say, show } from '../stage.ts'

export const INSTITUTIONS = [
  'north-hospital',
  'south-hospital',
  'city-laboratory',
  'research-institute',
] as const

export type InstitutionName = (typeof INSTITUTIONS)[number]

export interface Consortium {
  readonly dir: string
  readonly url: Readonly<Record<InstitutionName, string>>
}

/** A base port whose four API ports and four peer ports are free now: the usual one if possible. */
const freeBasePort = async (): Promise<number> => {
  for (let base = 7740; base < 9740; base += 10) {
    const ports = INSTITUTIONS.flatMap((_, index) => [base + index, base + 100 + index])
    const free = await Promise.all(ports.map(isFree))
    if (free.every(Boolean)) return base
  }
  throw new Error('No free ports were found between 7740 and 9840.')
}

export const startConsortium = async (dir: string): Promise<Consortium> => {
  const base = await freeBasePort()
  say('')
  say('1. Four institutions start a network on this machine.')
  const ports = base === 7740 ? [] : ['--base-port', String(base)]
  await show(undefined, ['network', 'local', '--validators', '4', '--dir', dir, ...ports])
  try {
    await show(undefined, ['network', 'up', '--dir', dir, '--detach'])
  } catch (error) {
    await stopConsortium(dir)
    throw error
  }
  const url = Object.fromEntries(
    INSTITUTIONS.map((name, index) => [name, `http://127.0.0.1:${base + index}`]),
  ) as Record<InstitutionName, string>
  const status = await ask<{ height: number; validators: unknown; peers: unknown }>(undefined, [
    '--node',
    url['north-hospital'],
    'node',
    'status',
  ])
  say(`    north-hospital is at height ${status.height}.`)
  return { dir, url }
}

export const stopConsortium = async (dir: string): Promise<void> => {
  await runCommand(undefined, ['network', 'down', '--dir', dir])
}

export const pidOf = async (consortium: Consortium, name: InstitutionName): Promise<number> =>
  Number(await readFile(path.join(consortium.dir, name, 'node.pid'), 'utf8'))
