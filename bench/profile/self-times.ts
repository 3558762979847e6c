import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type CallFrame, functionOf, placeOf } from './place-of.ts'

interface ProfileNode {
  readonly id: number
  readonly callFrame: CallFrame
  readonly children?: readonly number[]
}

/** As V8 writes it; times in microseconds, `startTime` of the machine's monotonic clock. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly startTime: number
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface PlaceTime {
  microseconds: number
  readonly functions: Map<string, number>
}

/** Self time by place. */
export type SelfTimes = Map<string, PlaceTime>

const framesOf = ({ nodes }: CpuProfile): ReadonlyMap<number, { place: string; functionName: string }> => {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const frames = new Map<number, { place: string; functionName: string }>()
  const visit = (id: number, caller: string): void => {
    const node = byId.get(id) as ProfileNode
    const place = placeOf(node.callFrame) ?? caller
    frames.set(id, { place, functionName: functionOf(node.callFrame) })
    for (const child of node.children ?? []) visit(child, place)
  }
  const [root] = nodes
  if (root) visit(root.id, 'outside JavaScript')
  return frames
}

/** Adds what a profile has between two moments. */
export const addProfile = (
  times: SelfTimes,
  profile: CpuProfile,
  { fromUs, toUs }: { readonly fromUs: number; readonly toUs: number },
): void => {
  const frames = framesOf(profile)
  let atUs = profile.startTime
  for (const [index, id] of profile.samples.entries()) {
    atUs += profile.timeDeltas[index] ?? 0
    const frame = frames.get(id)
    if (atUs < fromUs || atUs >= toUs || frame === undefined) continue
    // A sample stands for the time until the next one.
    const microseconds = profile.timeDeltas[index + 1] ?? 0
    const place = times.get(frame.place) ?? { microseconds: 0, functions: new Map<string, number>() }
    times.set(frame.place, place)
    place.microseconds += microseconds
    place.functions.set(frame.functionName, (place.functions.get(frame.functionName) ?? 0) + microseconds)
  }
}

export const readProfiles = async (folder: string): Promise<readonly CpuProfile[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'))
  return Promise.all(
    names.map(async (name) => JSON.parse(await readFile(path.join(folder, name), 'utf8')) as CpuProfile),
  )
}
