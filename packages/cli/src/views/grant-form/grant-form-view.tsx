import { COMPARTMENTS, isProtected } from '@medchain/core'
import { Box, Text } from 'ink'
import { type Choice, ChoiceList } from '../../components/choice-list.tsx'
import { parseTime } from '../../format/parse-time.ts'
import { printable } from '../../format/printable.ts'
import { rfc3339 } from '../../format/time.ts'
import { type GrantFormState, PURPOSE_CHOICES, STEPS, type Step, UNTIL_CHOICES } from './grant-form-state.ts'

const QUESTIONS: Readonly<Record<Step, string>> = {
  grantee: 'Who may read?',
  compartments: 'What may be read?',
  purpose: 'What for?',
  until: 'Until when?',
  confirm: 'Is this right?',
}

const KEYS: Readonly<Record<Step, string>> = {
  grantee: '↑↓ choose, or type · enter next · esc leave',
  compartments: 'space choose · a all that are not protected · enter next · esc back',
  purpose: '↑↓ choose · enter next · esc back',
  until: '↑↓ choose, or type a date such as 2027-01-01 · enter next · esc back',
  confirm: 'enter or y grant · n leave · esc back',
}

const nameOf = ({ candidates, grantee }: GrantFormState): string =>
  candidates.find(({ did }) => did === grantee)?.name ?? grantee ?? ''

/** A usual end as the day that it means. */
const dateOfUntil = ({ until, nowMs }: GrantFormState): string =>
  UNTIL_CHOICES.some(({ value }) => value === until)
    ? rfc3339(parseTime(until, nowMs, 'The form')).slice(0, 10)
    : until

/** Choices, and what is typed in their place. */
const ChoicesOrText = ({
  choices,
  state: { typed, cursor },
  label,
}: {
  readonly choices: readonly Choice[]
  readonly state: GrantFormState
  readonly label: string
}) => (
  <Box flexDirection="column">
    <ChoiceList choices={choices} cursor={typed === '' && choices.length > 0 ? cursor : -1} />
    <Text>
      {typed === '' && choices.length > 0 ? '  ' : '❯ '}
      {label}: <Text color="cyan">{printable(typed)}</Text>
      <Text inverse> </Text>
    </Text>
  </Box>
)

const Choices = ({ state }: { readonly state: GrantFormState }) => {
  const { step, cursor } = state
  if (step === 'grantee') {
    const choices = state.candidates.map(({ did, name, about }) => ({ value: did, label: name, about }))
    return <ChoicesOrText choices={choices} state={state} label="a DID or card file" />
  }
  if (step === 'compartments') {
    const choices = COMPARTMENTS.map((compartment) => ({
      value: compartment,
      label: compartment,
      about: isProtected(compartment) ? 'protected: only when you choose it' : '',
      isChosen: state.chosen.includes(compartment),
      isMarked: isProtected(compartment),
    }))
    return <ChoiceList choices={choices} cursor={cursor} />
  }
  if (step === 'purpose') return <ChoiceList choices={PURPOSE_CHOICES} cursor={cursor} />
  return <ChoicesOrText choices={UNTIL_CHOICES} state={state} label="another date" />
}

const Summary = ({ state }: { readonly state: GrantFormState }) => {
  const isResearch = state.purpose === 'HRESCH'
  const guarded = state.chosen.filter((compartment) => isProtected(compartment))
  return (
    <Box flexDirection="column">
      <Text>
        <Text bold>{printable(nameOf(state))}</Text> may {isResearch ? 'count de-identified rows of' : 'read'}{' '}
        <Text bold>{state.chosen.join(', ')}</Text>
      </Text>
      <Text>
        for <Text bold>{state.purpose}</Text>, until <Text bold>{printable(dateOfUntil(state))}</Text>.
      </Text>
      {guarded.length > 0 ? (
        <Text color="yellow">This includes what is protected: {guarded.join(', ')}.</Text>
      ) : null}
      <Text dimColor>You can revoke it at any time; what was read by then cannot be called back.</Text>
    </Box>
  )
}

/** The form from one state. */
export const GrantFormView = ({ state }: { readonly state: GrantFormState }) => (
  <Box flexDirection="column" rowGap={1} paddingX={1}>
    <Box columnGap={2}>
      <Text bold color="cyan">
        {QUESTIONS[state.step]}
      </Text>
      <Text dimColor>
        {STEPS.indexOf(state.step) + 1} of {STEPS.length}
      </Text>
    </Box>
    {state.step === 'confirm' ? <Summary state={state} /> : <Choices state={state} />}
    {state.complaint ? <Text color="red">{state.complaint}</Text> : null}
    <Text dimColor>{KEYS[state.step]}</Text>
  </Box>
)
