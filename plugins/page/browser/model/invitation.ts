import { server } from './server.ts';

/** The code of the invitation in the address of the page. The part after `#` is never sent to a server. */
export function invitationCode(): string | undefined {
  return /^#invite=([\w-]{1,64})$/.exec(location.hash)?.[1];
}

/** Removes the invitation from the address once it was used: others may see the address. */
export function forgetInvitation(): void {
  if (invitationCode() !== undefined) history.replaceState(history.state, '', location.pathname + location.search);
}

/** What the server knows of a code. */
interface Found {
  readonly invitation: { readonly from?: string; readonly rooms: readonly string[] } | null;
}

/** Who invites, in a sentence; that the invitation is not valid; or undefined if the server cannot be asked. */
export async function invitationInWords(code: string): Promise<string | undefined> {
  const path = server.invitations;
  if (path === '') return undefined;
  try {
    const response = await fetch(path, { method: 'POST', body: code });
    if (!response.ok) return undefined;
    const { invitation } = (await response.json()) as Found;
    if (invitation === null) return 'This invitation is not valid any more. Ask for another one.';
    const { from, rooms } = invitation;
    const who = from === undefined ? 'You are invited' : `\u2068${from}\u2069 invites you`;
    const where = new Intl.ListFormat('en').format(rooms.map((room) => `\u2068#${room}\u2069`));
    return rooms.length === 0 ? `${who} to this chat.` : `${who} to ${where}.`;
  } catch {
    return undefined;
  }
}
