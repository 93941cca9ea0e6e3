import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { IrcClient } from '../../../../test/support/irc-client.ts';

/**
 * What clients say at their login, and once they are in a channel: lines with `>`, and with `<` what the answers must
 * contain, in this order. HexChat, The Lounge, catgirl, Pidgin, irssi and Gamja were listened to, the others read.
 */
const LOGINS: Readonly<Record<string, string>> = {
  'HexChat 2.16': `
    > CAP LS 302
    > NICK alice
    > USER alice 0 * :Alice
    < sasl=PLAIN
    > CAP REQ :account-notify account-tag away-notify cap-notify extended-join invite-notify
    > CAP REQ :multi-prefix sasl server-time setname userhost-in-names
    > AUTHENTICATE PLAIN
    < AUTHENTICATE +
    > AUTHENTICATE {alice alice}
    < 903 alice
    > CAP END
    < 001 alice
    > JOIN #lab,&everyone
    > MODE &everyone
    < 324 alice &everyone +nt
    > WHO &everyone %chtsunfra,152
    < 315 alice &everyone
    > MODE #lab
    < 324 alice #lab +nt
    > WHO #lab %chtsunfra,152
    < 354 alice 152 #lab bob irc.example irc.example bob H@ bob
    < 315 alice #lab
    > PING LAG1795761065796
    < PONG irc.example LAG1795761065796`,
  'The Lounge 4.5': `
    > CAP LS 302
    > NICK alice
    > USER alice 0 * Alice
    < sasl=PLAIN
    > CAP REQ :account-notify account-tag away-notify batch cap-notify echo-message extended-join invite-notify message-tags multi-prefix sasl server-time setname userhost-in-names
    > AUTHENTICATE PLAIN
    < AUTHENTICATE +
    > AUTHENTICATE {alice alice}
    < 903 alice
    > CAP END
    < 001 alice
    > PING 1795811184815
    > JOIN &everyone
    > JOIN #lab
    > MODE #lab
    < 324 alice #lab +nt`,
  'catgirl 2.1': `
    > CAP REQ :sasl
    > CAP LS
    > NICK :alice
    > USER alice 0 * :Alice
    < CAP * ACK sasl
    < sasl server-time setname
    > AUTHENTICATE PLAIN
    > CAP REQ :server-time userhost-in-names
    < AUTHENTICATE +
    < ACK :server-time userhost-in-names
    > AUTHENTICATE {alice}
    < 903 alice
    > CAP END
    < 001 alice
    > JOIN #lab
    > NAMES #lab
    < 366 alice #lab`,
  'Pidgin 2.14': `
    > CAP REQ :sasl
    > USER alice * 127.0.0.1 :Alice
    > NICK alice
    < CAP * ACK sasl
    > AUTHENTICATE SCRAM-SHA-256
    < 908 alice PLAIN
    < 904 alice
    > AUTHENTICATE PLAIN
    < AUTHENTICATE +
    > AUTHENTICATE {alice}
    < 903 alice
    > CAP END
    < 001 alice
    > JOIN #lab
    > WHO #lab
    < 315 alice #lab`,
  'irssi 1.4': `
    > CAP LS 302
    > CAP REQ :multi-prefix extended-join setname invite-notify away-notify account-notify account-tag server-time batch sasl
    > NICK alice
    > USER alice alice 127.0.0.1 :Alice
    < ACK :multi-prefix
    > AUTHENTICATE PLAIN
    < AUTHENTICATE +
    > AUTHENTICATE {alice alice}
    < 903 alice
    > CAP END
    < 001 alice
    > MODE alice +i
    < MODE alice +i
    > JOIN #lab
    > MODE #lab
    < 324 alice #lab +nt
    > WHO #lab
    < 315 alice #lab`,
  'Textual 7': `
    > CAP LS 302
    > NICK alice
    > USER alice 0 * Alice
    < sasl=PLAIN
    > CAP REQ userhost-in-names
    < ACK userhost-in-names
    > CAP REQ server-time
    > CAP REQ sasl
    < ACK sasl
    > AUTHENTICATE PLAIN
    < AUTHENTICATE +
    > AUTHENTICATE {alice alice}
    < 903 alice
    > CAP REQ multi-prefix
    > CAP REQ batch
    > CAP REQ away-notify
    > CAP END
    < 001 alice
    > JOIN #lab
    > MODE #lab
    < 324 alice #lab +nt
    > WHO #lab
    < 352 alice #lab bob irc.example irc.example bob H@
    > ISON :bob carol
    < 303 alice bob`,
  'Halloy 2026': `
    > CAP LS 302
    > NICK alice
    > USER alice 0 * alice
    < draft/multiline=max-bytes=
    > CAP REQ :invite-notify userhost-in-names away-notify message-tags draft/message-redaction server-time extended-monitor draft/message-redaction account-notify extended-join batch draft/chathistory draft/event-playback labeled-response echo-message multi-prefix draft/read-marker setname sasl draft/multiline draft/no-implicit-names
    < ACK
    > AUTHENTICATE PLAIN
    < AUTHENTICATE +
    > AUTHENTICATE {alice}
    < 903 alice
    > CAP END
    < CHATHISTORY=
    > JOIN #lab
    > MONITOR + bob,carol
    < 730 alice bob
    < 731 alice carol
    > VERSION
    < 351 alice chatserv
    > @label=1 WHO #lab %tcuhnfa,999
    < 354 alice 999 #lab bob irc.example bob H@ bob
    < 315 alice #lab
    > @label=2 CHATHISTORY LATEST #lab timestamp=2020-01-01T00:00:00.000Z 500
    < chathistory #lab
    < PRIVMSG #lab :said before
    > @label=3 CHATHISTORY TARGETS timestamp=1969-12-31T23:59:59.000Z timestamp=2100-01-01T00:00:00.000Z 500
    < draft/chathistory-targets
    < CHATHISTORY TARGETS #lab
    > MARKREAD #lab timestamp=2100-01-01T00:00:00.000Z
    < MARKREAD #lab timestamp=
    > MODE #lab
    < 324 alice #lab +nt`,
  'Goguma 0.7': `
    > CAP LS 302
    > NICK alice
    > USER alice 0 * alice
    > CAP REQ away-notify
    > CAP REQ batch
    > CAP REQ echo-message
    > CAP REQ extended-monitor
    > CAP REQ labeled-response
    > CAP REQ message-tags
    > CAP REQ multi-prefix
    > CAP REQ sasl
    > CAP REQ server-time
    > CAP REQ setname
    > CAP REQ draft/chathistory
    > CAP REQ draft/extended-monitor
    > CAP REQ draft/pre-away
    > CAP REQ draft/read-marker
    > CAP REQ soju.im/bouncer-networks
    > CAP REQ soju.im/no-implicit-names
    > CAP REQ soju.im/webpush
    > CAP REQ soju.im/bouncer-networks-notify
    > AUTHENTICATE PLAIN
    > AUTHENTICATE {alice}
    > CAP END
    < ACK draft/read-marker
    < NAK soju.im/bouncer-networks-notify
    < AUTHENTICATE +
    < 903 alice
    < 001 alice
    < MARKREAD #lab
    > @label=1 WHO bob %rnf
    < 354 alice bob H
    < 315 alice bob
    > MONITOR + bob
    < 730 alice bob
    > @label=2 JOIN #lab
    < @label=2 :irc.example ACK
    > @label=3 MARKREAD bob
    < @label=3 :irc.example MARKREAD bob *
    > @label=4 CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 100
    < draft/chathistory-targets
    < CHATHISTORY TARGETS #lab
    > @label=5 CHATHISTORY BETWEEN #lab timestamp=2020-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 200
    < PRIVMSG #lab :said before
    > @label=6 PRIVMSG #lab :from alice
    < @label=6;`,
  'Gamja 1.0': `
    > CAP LS 302
    > NICK alice
    > USER alice 0 * alice
    < sasl=PLAIN
    > CAP REQ :account-notify away-notify batch echo-message extended-join extended-monitor invite-notify labeled-response message-tags multi-prefix sasl server-time setname draft/account-registration draft/chathistory draft/read-marker draft/event-playback
    > AUTHENTICATE PLAIN
    > AUTHENTICATE {alice}
    > CAP END
    < 903 alice
    < 001 alice
    > JOIN #lab
    > @label=1 CHATHISTORY BEFORE #lab timestamp=2100-01-01T00:00:00.000Z 200
    < PRIVMSG #lab :said before
    > @label=2 WHO #lab %tfhnrua,0
    < 354 alice 0 bob irc.example bob H@ bob :The real bob
    > MONITOR + bob
    < 730 alice bob
    > MARKREAD bob
    < MARKREAD bob *`,
};

/** Capabilities of bouncers, for which clients ask blindly. */
const BOUNCER = /NAK (soju\.im\/|draft\/(extended-monitor|pre-away))/;

/** What a client shows its user as an error. There need not be a message of the day. */
const ERROR = /^(@\S+ )?(:\S+ )?(?!422)([45]\d\d|FAIL|ERROR|CAP \S+ NAK)( |$)/;

/** The response of SASL PLAIN: `{account}`, or with the account for whom it acts first. */
function filledIn(line: string): string {
  return line.replace(/\{(.*)\}/, (_, names: string) => {
    const [account = '', actsFor = ''] = names.split(' ');
    return Buffer.from(`${actsFor}\0${account}\0${PASSWORD}`).toString('base64');
  });
}

/** Plays the lines of a client, and checks the answers. */
async function plays(client: IrcClient, login: string): Promise<void> {
  const lines = login.trim().split(/\n\s*/);
  const expected = lines.filter((line) => line.startsWith('< ')).map((line) => line.slice(2));
  let answers: string[] = [];
  const taken: string[] = [];
  for (const [index, line] of lines.entries()) {
    const text = line.slice(2);
    if (line.startsWith('> ')) {
      taken.push(filledIn(text));
      if (lines[index + 1]?.startsWith('> ')) continue;
      answers = await client.asks(...taken.splice(0));
      const isExpected = (answer: string) => expected.some((text) => answer.includes(text));
      expect(answers.filter((answer) => ERROR.test(answer) && !BOUNCER.test(answer) && !isExpected(answer))).toEqual(
        [],
      );
      continue;
    }
    const at = answers.findIndex((answer) => answer.includes(text));
    expect(at, `${text} in:\n${answers.join('\n')}`).toBeGreaterThanOrEqual(0);
    answers = answers.slice(at + 1);
  }
}

/** A server with a member of a channel that has a history. */
async function town(server: TestServer): Promise<IrcClient> {
  const bob = await IrcClient.joins(server, 'bob');
  const alice = await IrcClient.joins(server, 'alice');
  await bob.asks('JOIN #lab');
  await alice.asks('JOIN #lab');
  await bob.asks('PRIVMSG #lab :said before');
  await alice.asks('QUIT').catch(() => {});
  await bob.reads(/QUIT/);
  return bob;
}

test.each(Object.entries(LOGINS))('%s logs in, joins and talks without an error', async (_, login) => {
  await using server = await startServer({ irc: { name: 'irc.example' }, history: { announce: false } });
  const bob = await town(server);
  const alice = IrcClient.connect(server);
  await plays(alice, login);
  await bob.asks('PRIVMSG #lab :hello');
  await alice.reads(/:bob!bob@irc\.example PRIVMSG #lab :hello$/);
  alice.says('PRIVMSG #lab :hello bob');
  await bob.reads(/:alice!alice@irc\.example PRIVMSG #lab :hello bob$/);
});
