import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Screen } from '../model/screen.ts';
import { type Entry, isRoom, type Talk } from '../model/talk.ts';

/** The topic of the open room. It is asked for again after a change, by the user or by somebody else. */
export function useTopic(screen: Screen, talk: Talk): string {
  const { conversation, isConnected } = screen.chat;
  const known = useSignal({ talk, topic: '' });
  const change = talk.entries.findLast(isTopicChange)?.key;
  const sheet = screen.sheet.value;
  useEffect(() => {
    if (!isRoom(talk.to) || !isConnected) return;
    conversation.command('room', { room: talk.to[0] }).then(
      ({ facts }) => {
        known.value = { talk, topic: typeof facts?.topic === 'string' ? facts.topic : '' };
      },
      // Without an answer the topic stays as it was.
      () => {},
    );
  }, [talk, isConnected, change, talk.notes.length, sheet]);
  return known.value.talk === talk ? known.value.topic : '';
}

function isTopicChange({ kind, data }: Entry): boolean {
  return kind === 'room' && (Object(data) as { readonly change?: unknown }).change === 'topic';
}
