import { type ProvingMany, readProven } from './proven-view.ts'

/** Where the chain is: a node that puts it into the future would make what lasts look ended. */
export const provenHead = (
  client: ProvingMany,
): Promise<{ readonly height: number; readonly headTimeMs: number }> =>
  readProven(client, (_view, { height, timeMs }) => ({ height, headTimeMs: timeMs }))
