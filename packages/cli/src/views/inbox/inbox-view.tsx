import { isProtected } from '@medchain/core'
import { Box, Text } from 'ink'
import { ChoiceList } from '../../components/choice-list.tsx'
import { printable } from '../../format/printable.ts'
import { type InboxItem, type InboxPlace, type InboxState, openItem } from './inbox-state.ts'

const TITLES: Readonly<Record<InboxPlace, string>> = {
  list: 'Who asks you for access',
  one: 'A request for access',
  narrow: 'Which of it do you grant?',
  reason: 'Refuse: what should they know?',
  confirm: 'Grant this?',
  block: 'Block this sender?',
}

const KEYS: Readonly<Record<InboxPlace, string>> = {
  list: '↑↓ choose · enter open · q leave',
  one: 'a approve · c choose less · r refuse · b block · esc back · q leave',
  narrow: '↑↓ move · space choose · enter next · esc back',
  reason: 'type a reason, or none · enter refuse · esc back',
  confirm: 'y grant · n or esc back',
  block: 'y block · n or esc back',
}

const Fact = ({ name, value }: { readonly name: string; readonly value: string }) => (
  <Text>
    <Text dimColor>{name.padEnd(10)}</Text>
    {printable(value)}
  </Text>
)

const Details = ({ item }: { readonly item: InboxItem }) => {
  const guarded = item.compartments.filter(isProtected)
  return (
    <Box flexDirection="column">
      <Fact name="From" value={item.from} />
      <Fact name="DID" value={item.did} />
      {item.licence === undefined ? null : <Fact name="Licence" value={item.licence} />}
      <Fact name="Asks to" value={item.wish} />
      <Fact name="For" value={item.purposes.join(', ')} />
      <Fact name="Until" value={item.until} />
      <Fact name="Reason" value={item.reason === '' ? 'none given' : item.reason} />
      <Fact name="Asked" value={item.at} />
      <Fact name="Lapses" value={item.expires} />
      {item.isNamed ? null : <Text color="yellow">Their institution attests no name of this account.</Text>}
      {guarded.length === 0 ? null : (
        <Text color="yellow">This includes what is protected: {guarded.join(', ')}.</Text>
      )}
    </Box>
  )
}

const Confirmation = ({ state }: { readonly state: InboxState }) => {
  const item = openItem(state)
  const what = state.chosen.length > 0 ? state.chosen.join(', ') : item.wish
  const guarded = state.chosen.filter(isProtected)
  return (
    <Box flexDirection="column">
      <Text>
        <Text bold>{printable(item.from)}</Text> gets <Text bold>{what}</Text>
      </Text>
      <Text>
        for <Text bold>{item.purposes.join(', ')}</Text>, until <Text bold>{item.until}</Text>.
      </Text>
      {guarded.length === 0 ? null : (
        <Text color="yellow">This includes what is protected: {guarded.join(', ')}.</Text>
      )}
      <Text dimColor>You can revoke it at any time; what was read by then cannot be called back.</Text>
    </Box>
  )
}

const Body = ({ state }: { readonly state: InboxState }) => {
  const { place, items, cursor } = state
  if (place === 'list') {
    const choices = items.map(({ id, from, wish }) => ({ value: id, label: from, about: wish }))
    return <ChoiceList choices={choices} cursor={cursor} />
  }
  if (place === 'one') return <Details item={openItem(state)} />
  if (place === 'narrow') {
    const choices = openItem(state).compartments.map((compartment) => ({
      value: compartment,
      label: compartment,
      about: isProtected(compartment) ? 'protected' : '',
      isChosen: state.chosen.includes(compartment),
      isMarked: isProtected(compartment),
    }))
    return <ChoiceList choices={choices} cursor={state.row} />
  }
  if (place === 'confirm') return <Confirmation state={state} />
  return (
    <Box flexDirection="column">
      <Text bold>{printable(openItem(state).from)}</Text>
      {place === 'reason' ? (
        <Text>
          {printable(state.typed)}
          <Text inverse> </Text>
        </Text>
      ) : (
        <Text>What they send is dropped from now on, and they are not told.</Text>
      )}
    </Box>
  )
}

/** The inbox from one state. */
export const InboxView = ({ state }: { readonly state: InboxState }) => (
  <Box flexDirection="column" rowGap={1} paddingX={1}>
    <Box columnGap={2}>
      <Text bold color="cyan">
        {TITLES[state.place]}
      </Text>
      <Text dimColor>
        {state.place === 'list'
          ? `${state.items.length} waiting`
          : `${state.cursor + 1} of ${state.items.length}`}
      </Text>
    </Box>
    <Body state={state} />
    {state.complaint ? <Text color="red">{state.complaint}</Text> : null}
    <Text dimColor>{KEYS[state.place]}</Text>
  </Box>
)
