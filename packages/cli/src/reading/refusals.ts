import { equalBytes, type Refusal, STALE_MARK } from '@medchain/core'
import type { HolderFault } from '@medchain/node'
import type { ProvenMember } from '../client/proven-members.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { EXIT, exitCodeOf } from '../exit-code.ts'
import { durationText } from '../format/time.ts'
import { idOfDid } from './chain-facts.ts'
import type { CandidateReading, ReadingPlace } from './read-candidates.ts'

// Legs answer with codes only, so that their answers do not tell more than they should.
const SENTENCES: Readonly<Record<string, string>> = {
  'consent.none': 'No grant matches: deny by default.',
  'consent.purpose': 'A grant is in force, for another purpose.',
  'consent.expired': 'The grant has ended.',
  'consent.revoked': 'The patient revoked the grant.',
  'consent.not-yet': 'The grant has not begun.',
  'consent.part2': 'The patient’s consent lacks what 42 CFR Part 2 demands for this source.',
  'consent.denied': 'The patient forbade this.',
  'record.erased': 'The patient had the record erased: nothing of it is kept.',
  'emergency.awaiting': 'The emergency waits for its co-signer.',
  'emergency.closed': 'The emergency was closed.',
  'emergency.expired': 'The emergency has ended.',
  'emergency.opted-out': 'The patient does not leave this chart open to emergencies.',
  'identity.suspended': 'Your account is suspended.',
  'disclosure.stale': 'The institutions that hold the record are behind the chain; try again in a moment.',
}

/** A leg's refusal as the person is told it. */
export const refusalError = ({ code, message }: Refusal): CommandError =>
  new CommandError(code, SENTENCES[code] ?? message)

/** The same refusal with institutions by their names. */
export const namingMembers = (error: CommandError, members: readonly ProvenMember[]): CommandError => {
  const message = members.reduce((text, { did, name }) => text.replaceAll(did, name), error.message)
  return new CommandError(error.code, message, error.hint)
}

/** Whether the rules refused, as against a holder that is away or damaged. */
export const isDenial = (code: string): boolean =>
  exitCodeOf(code) === EXIT.denied || code === 'record.erased'

/** What to say when nothing at all could be read: the most telling of the refusals. */
export const mostTelling = (refusals: readonly Refusal[]): CommandError | undefined => {
  const telling =
    refusals.find(({ code }) => exitCodeOf(code) === EXIT.broken) ??
    refusals.find(({ code }) => !isDenial(code)) ??
    refusals.find(({ code }) => code !== 'consent.none') ??
    refusals[0]
  return telling && refusalError(telling)
}

const isAway = (code: string): boolean => /^(network|node|request)\.|\.stale$/.test(code)

const nameOf = (members: readonly ProvenMember[], { holder }: HolderFault): string =>
  members.find(({ did }) => equalBytes(idOfDid(did), holder))?.name ?? 'An institution'

/** Collects what holders did wrong although the record was read elsewhere, and tells it once each. */
export const createFaultNotes = (context: CommandContext, { members }: ReadingPlace) => {
  const told = new Set<string>()
  return ({ faults, result, staleMs }: CandidateReading): void => {
    if (staleMs !== undefined && result.ok && !told.has(STALE_MARK)) {
      told.add(STALE_MARK)
      context.mark(STALE_MARK, true)
      context.warn(
        `The chain has stood still for ${durationText(staleMs)}: what was granted or revoked since is not known, and the reading is logged as made in the meantime [disclosure.stale]`,
      )
    }
    for (const fault of faults) {
      const name = nameOf(members, fault)
      const key = `${name} ${fault.code}`
      if (told.has(key) || !result.ok) continue
      told.add(key)
      const what = isAway(fault.code) ? 'does not answer' : 'gave what is not the record'
      context.warn(`${name} ${what}; another institution served it [${fault.code}]`)
    }
  }
}
