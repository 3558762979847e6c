import { consentFromSet, type JsonObject, writeJson } from '@medchain/core'
import type { NodeClient } from '../../client/node-client.ts'
import { provenHead } from '../../client/proven-head.ts'
import { EXIT } from '../../exit-code.ts'
import { shortId } from '../../format/id.ts'
import { writeWhole } from '../../reading/write-whole.ts'
import { openPatientSession, type Session } from '../../wallet/session.ts'
import { type CommandAction, textOption } from '../command-spec.ts'
import { chooseGrants } from '../grant/choose-grants.ts'
import { findGrantSets, type GrantSet } from '../grant/own-grants.ts'
import { consentOfSet } from './consent-of-set.ts'

/** Block time of a height; undefined when the node has dropped the block. */
const blockTimeMs = async (client: NodeClient, height: number): Promise<number | undefined> =>
  (await client.find<{ readonly timeMs: number }>(`/v1/blocks/${height}`))?.timeMs

/** Each set as a Consent; sets that this wallet cannot tell wholly are named. */
export const consentsOf = async (
  { client, keyring, identity }: Session,
  sets: readonly GrantSet[],
  timeMs: number,
): Promise<{ readonly consents: readonly JsonObject[]; readonly untold: readonly string[] }> => {
  const consents: JsonObject[] = []
  const untold: string[] = []
  for (const set of sets) {
    const info = set.members[0]?.info
    const givenMs = (info && (await blockTimeMs(client, info.grantedHeight))) ?? info?.fromMs ?? timeMs
    const consent = consentOfSet(keyring.current(), set, identity.did, timeMs, givenMs)
    if (consent) consents.push(consentFromSet(consent))
    else untold.push(set.grantId)
  }
  return { consents, untold }
}

/** The patient's grants as FHIR, on standard output or in a file. */
export const exportConsents: CommandAction = async (context, input) => {
  const session = await openPatientSession(context)
  const all = await findGrantSets(session)
  const [typed] = input.args
  const named = typed === undefined ? undefined : chooseGrants(all, typed, [])
  const chosen = named ? all.filter(({ members }) => members.some((own) => named.members.includes(own))) : all
  const { headTimeMs } = await provenHead(session.client)
  const timeMs = Math.max(headTimeMs, context.host.now())
  const { consents, untold } = await consentsOf(session, chosen, timeMs)
  for (const id of untold)
    context.warn(`Grant ${shortId(id)} lists records that this wallet does not name; it is left out.`)
  const [only, other] = consents
  const resource: JsonObject =
    named && only && other === undefined
      ? only
      : { resourceType: 'Bundle', type: 'collection', entry: consents.map((each) => ({ resource: each })) }
  const text = `${writeJson(resource)}\n`
  const out = textOption(input, 'out')
  const file = out === undefined ? undefined : await writeWhole(out, Buffer.from(text))
  const told = consents.map(({ id, status }) => ({ id: String(id), status: String(status) }))
  return {
    json: {
      consents: told,
      ...(file === undefined ? { resource: JSON.parse(text) } : { out: file }),
      ...(untold.length > 0 && { untold: [...untold] }),
    },
    text: file === undefined ? text : `${consents.length} consents are in ${file}.`,
    exitCode: untold.length > 0 ? EXIT.partly : EXIT.done,
  }
}
