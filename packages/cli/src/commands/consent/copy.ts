import {
  base32FromBytes,
  bytesFromBase32,
  hexFromBytes,
  type Part2Copy,
  part2ConsentDigest,
} from '@medchain/core'
import { findAccount } from '../../client/accounts.ts'
import type { CommandContext } from '../../command-context.ts'
import { fail } from '../../command-error.ts'
import { consentJson, consentLines, findPart2Copy } from '../../consenting/find-copy.ts'
import { actAs } from '../../reading/acting.ts'
import { idOfDid } from '../../reading/chain-facts.ts'
import { openPatientSession } from '../../wallet/session.ts'
import type { CommandAction } from '../command-spec.ts'
import { chooseGrants } from '../grant/choose-grants.ts'
import { findGrantSets } from '../grant/own-grants.ts'
import { patientSeeker } from '../grant/part2-later.ts'

interface Found {
  readonly grantId: Uint8Array
  readonly copy: Part2Copy | undefined
}

const idOf = (typed: string): Uint8Array => {
  const id = bytesFromBase32(typed)
  return id.ok && id.value.length === 32
    ? id.value
    : fail('usage.grant', `“${typed}” is no whole id of a grant.`, 'Only the patient may shorten it.')
}

const ofPatient = async (context: CommandContext, typed: string): Promise<readonly Found[]> => {
  const session = await openPatientSession(context)
  const { members } = chooseGrants(await findGrantSets(session), typed, [])
  return Promise.all(
    members.map(async ({ chart, info }) => {
      const grantId = idOf(info.grantId)
      const seeker = await patientSeeker(session, chart)
      return { grantId, copy: seeker && (await findPart2Copy(session, grantId, seeker)) }
    }),
  )
}

const ofParty = async (context: CommandContext, typed: string): Promise<readonly Found[]> => {
  const grantId = idOf(typed)
  const acting = await actAs(context)
  const { client, identity } = acting
  const { actor, did, secrets } = identity
  const sponsor = (await findAccount(client, did))?.sponsor
  const node = sponsor ? idOfDid(sponsor) : await client.institution()
  const own = [secrets.sealingSecret, ...(secrets.formerSealing ?? [])]
  return [{ grantId, copy: await findPart2Copy(acting, grantId, { actor, node, secrets: own }) }]
}

/** The written consents behind a grant, for its patient, its grantee, and the programmes that disclose under it. */
export const copyConsent: CommandAction = async (context, input) => {
  const typed = input.args[0] ?? ''
  const { role } = await (await context.wallet()).current()
  const found = await (role === 'patient' ? ofPatient : ofParty)(context, typed)
  const copies = found.flatMap(({ grantId, copy }) =>
    copy ? [{ grantId: base32FromBytes(grantId), copy }] : [],
  )
  if (copies.length === 0) {
    return fail(
      'consent.no-copy',
      'You have no copy of a written consent behind that grant.',
      'Its patient, its grantee and the programmes under 42 CFR Part 2 that disclose under it get one each.',
    )
  }
  return {
    json: {
      copies: copies.map(({ grantId, copy: { consent, salt } }) => ({
        grantId,
        elements: consentJson(consent),
        salt: hexFromBytes(salt),
        consentDigest: hexFromBytes(part2ConsentDigest(consent, salt)),
      })),
    },
    text: copies
      .map(({ grantId, copy }) =>
        [`Grant ${grantId}, as the chain has it attested:`, ...consentLines(copy.consent)].join('\n'),
      )
      .join('\n\n'),
  }
}
