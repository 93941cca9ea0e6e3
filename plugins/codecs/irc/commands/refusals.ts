import type { Output, Refusal } from 'chatserv';
import type { Call } from '../call.ts';
import type { DraftMessage } from '../wire/message.ts';
import type { Numeric } from '../wire/numerics.ts';

/** The reasons of the server's commands as numerics, which are about a target. */
const NUMERICS: Readonly<Record<string, Numeric>> = {
  'no-room': 'ERR_NOSUCHCHANNEL',
  'not-member': 'ERR_NOTONCHANNEL',
  role: 'ERR_CHANOPRIVSNEEDED',
  banned: 'ERR_BANNEDFROMCHAN',
  'invite-only': 'ERR_INVITEONLYCHAN',
  key: 'ERR_BADCHANNELKEY',
  'room-full': 'ERR_CHANNELISFULL',
  'too-many-rooms': 'ERR_TOOMANYCHANNELS',
  name: 'ERR_BADCHANMASK',
  user: 'ERR_NOSUCHNICK',
};

/** Instead of sentences that show what to type on a plain line. */
const WORDS: Readonly<Record<string, string>> = {
  'not-member': "You're not on that channel",
  key: 'Cannot join without the key of the channel (+k)',
};

/** What a client is told of a refusal. */
export function wordsOf({ reason, sentence }: Pick<Refusal, 'reason' | 'sentence'>): string | undefined {
  return WORDS[reason] ?? sentence;
}

/**
 * Why one of the server's commands refused a line, as a line: the numeric of the reason if it has one, or else
 * `ERR_UNKNOWNERROR` with the sentence.
 * @param output what the command answered
 * @param target what the line was about; may be empty
 */
export function errorLine(call: Call, output: Output, target: string): DraftMessage {
  const { client, message } = call;
  const { reason } = output.kind === 'error' ? output : { reason: output.kind };
  const sentence = output.kind === 'error' ? wordsOf(output) : undefined;
  if (reason === 'rate') return client.numericLine('RPL_TRYAGAIN', [message.command]);
  const numeric = NUMERICS[reason];
  if (numeric !== undefined) return client.numericLine(numeric, [target], sentence);
  if (reason === 'denied') return client.numericLine('ERR_NOPRIVILEGES', [], sentence);
  const context = target === '' ? [] : [target];
  return client.numericLine('ERR_UNKNOWNERROR', [message.command, ...context], sentence ?? reason);
}
