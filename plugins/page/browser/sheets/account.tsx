import { useSignal } from '@preact/signals';
import type { RequestError } from 'chatserv/client';
import { useEffect, useRef } from 'preact/hooks';
import type { Screen } from '../model/screen.ts';
import { refusedInWords } from '../model/words.ts';
import { Problem } from '../ui/sheet.tsx';

interface Device {
  readonly name: string;
  readonly online: boolean;
  readonly current: boolean;
  readonly seen?: string;
}

const POLICIES = [
  ['all', 'Everyone'],
  ['rooms', 'People in my rooms'],
  ['nobody', 'Nobody new'],
] as const;

/** What users do with their own accounts. Each part is there if the server has its command. */
export function AccountSettings({ screen }: { readonly screen: Screen }) {
  const { actions, chat } = screen;
  const problem = useSignal('');
  const done = useSignal('');
  // The commands are listed soon after the login.
  screen.listed.value;
  /** Calls a command and says what came of it. */
  const call = async (command: string, given: string, said?: string) => {
    // What was said stays while the lists are loaded again.
    if (said !== undefined) {
      problem.value = '';
      done.value = '';
    }
    try {
      const answer = await chat.conversation.command(command, given);
      if (said !== undefined) done.value = said;
      return answer;
    } catch (cause) {
      const error = cause as RequestError;
      if (error.reason !== 'closed') problem.value = refusedInWords(error);
      return undefined;
    }
  };
  return (
    <section class="account" aria-label="Your account">
      <Problem text={problem.value} />
      <p class="hint" role="status" hidden={done.value === ''}>
        {done.value}
      </p>
      {actions.can('devices') && <Devices call={call} />}
      {actions.can('ignored') && <Ignored call={call} />}
      {actions.can('contact-policy') && <ContactPolicy call={call} />}
      <div class="tools">
        {actions.can('change-password') && (
          <button
            type="button"
            class="small"
            onClick={() => void call('change-password', '', 'Your password was changed.')}
          >
            Change the password
          </button>
        )}
        {actions.can('export-me') && <Export call={call} />}
        {actions.can('delete-account') && <DeleteAccount call={call} />}
      </div>
    </section>
  );
}

type Call = (
  command: string,
  given: string,
  said?: string,
) => Promise<{ readonly facts?: Readonly<Record<string, unknown>> | undefined } | undefined>;

function Devices({ call }: { readonly call: Call }) {
  const devices = useSignal<readonly Device[]>([]);
  const load = async () => {
    const { facts } = (await call('devices', '')) ?? {};
    devices.value = Array.isArray(facts?.devices) ? facts.devices.filter(isDevice) : [];
  };
  useEffect(() => void load(), []);
  return (
    <fieldset class="choice">
      <legend>Devices</legend>
      <ul class="devices" aria-label="Devices">
        {devices.value.map(({ name, online, current, seen }) => (
          <li key={name} class="room">
            <span class="room-words">
              <bdi>{name}</bdi>
              <span class="hint">
                {current
                  ? 'This one'
                  : online
                    ? 'Online'
                    : `Last seen ${seen === undefined ? 'some time ago' : seen.slice(0, 10)}`}
              </span>
            </span>
            {!current && (
              <button
                type="button"
                class="small"
                aria-label={`Sign out ${name}`}
                onClick={() => void call('logout', name, `${name} was signed out.`).then(load)}
              >
                Sign out
              </button>
            )}
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

function Ignored({ call }: { readonly call: Call }) {
  const names = useSignal<readonly string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const load = async () => {
    const { facts } = (await call('ignored', '')) ?? {};
    names.value = Array.isArray(facts?.users) ? facts.users.map(String) : [];
  };
  useEffect(() => void load(), []);
  return (
    <form
      class="choice"
      onSubmit={(event) => {
        event.preventDefault();
        const name = input.current?.value.trim() ?? '';
        if (name === '') return;
        if (input.current !== null) input.current.value = '';
        void call('ignore', name, `You ignore ${name} now.`).then(load);
      }}
    >
      <label for="account-ignore">Ignore someone</label>
      <div class="joined">
        <input id="account-ignore" ref={input} type="text" autocomplete="off" autocapitalize="none" dir="auto" />
        <button class="quiet" type="submit">
          Ignore
        </button>
      </div>
      {names.value.length > 0 && (
        <ul class="tools" aria-label="People you ignore">
          {names.value.map((name) => (
            <li key={name}>
              <button
                type="button"
                class="small"
                aria-label={`Stop ignoring ${name}`}
                onClick={() => void call('unignore', name, `You see ${name} again.`).then(load)}
              >
                <bdi>{name}</bdi> ✕
              </button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}

function ContactPolicy({ call }: { readonly call: Call }) {
  const policy = useSignal('');
  useEffect(() => {
    void call('contact-policy', '').then((answer) => {
      policy.value = String(answer?.facts?.policy ?? '');
    });
  }, []);
  return (
    <fieldset class="choice">
      <legend>Who may start a conversation with you</legend>
      {POLICIES.map(([value, label]) => (
        <label key={value}>
          <input
            type="radio"
            name="policy"
            value={value}
            checked={policy.value === value}
            onChange={() => {
              policy.value = value;
              void call('contact-policy', value, 'Saved.');
            }}
          />{' '}
          {label}
        </label>
      ))}
    </fieldset>
  );
}

/** Makes a link to the user's own data. */
function Export({ call }: { readonly call: Call }) {
  const link = useSignal('');
  const make = async () => {
    const { facts } = (await call('export-me', 'html')) ?? {};
    link.value = typeof facts?.link === 'string' ? facts.link : '';
  };
  return link.value === '' ? (
    <button type="button" class="small" onClick={() => void make()}>
      Get a copy of your data
    </button>
  ) : (
    <a class="small" href={addressOf(link.value)} target="_blank" rel="noopener noreferrer">
      Download your data (once)
    </a>
  );
}

/** The address of a link; http and https only. */
function addressOf(link: string): string | undefined {
  const { protocol, href } = new URL(link, location.href);
  return protocol === 'http:' || protocol === 'https:' ? href : undefined;
}

/** Asks before it deletes the account. */
function DeleteAccount({ call }: { readonly call: Call }) {
  const choices = useSignal<readonly string[] | undefined>(undefined);
  const ask = async () => {
    const { facts } = (await call('delete-account', '')) ?? {};
    choices.value = Array.isArray(facts?.choices) ? facts.choices.map(String) : undefined;
  };
  if (choices.value === undefined) {
    return (
      <button type="button" class="small danger" onClick={() => void ask()}>
        Delete the account
      </button>
    );
  }
  return (
    <>
      <p class="hint">This deletes your account for good. Others may take the name.</p>
      {choices.value.map((choice) => (
        <button key={choice} type="button" class="small danger" onClick={() => void call('delete-account', choice)}>
          {choice === 'redact' ? 'Delete it and my messages' : 'Delete it, keep my messages'}
        </button>
      ))}
    </>
  );
}

function isDevice(value: unknown): value is Device {
  const { name, online, current } = Object(value) as Record<string, unknown>;
  return typeof name === 'string' && typeof online === 'boolean' && typeof current === 'boolean';
}
