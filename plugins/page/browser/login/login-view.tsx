import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { server } from '../model/server.ts';
import type { LoginForm } from './login-form.ts';

/** The form for logging in and registering. */
export function LoginView({ form }: { readonly form: LoginForm }) {
  const name = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const stay = useRef<HTMLInputElement>(null);
  const submit = useRef<HTMLButtonElement>(null);
  const problem = useRef<HTMLParagraphElement>(null);
  const isRevealed = useSignal(false);
  const registers = form.registers.value;
  const [isBusy, isBlocked] = [form.isBusy.value, form.isBlocked.value];
  const { text, isAnnounced } = form.problem.value;
  const filledIn = () => name.current?.value.trim() ?? '';

  useLayoutEffect(() => {
    if (name.current !== null) name.current.value = form.name.value;
  }, [form.name.value]);
  useLayoutEffect(() => {
    if (password.current !== null) password.current.value = '';
    isRevealed.value = false;
  }, [form.emptied.value]);
  useLayoutEffect(() => {
    const field = { name, password, submit, problem }[form.focus.value?.field ?? 'name'].current;
    field?.focus();
    if (field instanceof HTMLInputElement && text !== '') field.select();
  }, [form.focus.value]);

  const label = registers ? 'Make the account' : form.takesOver.value ? 'Log in here instead' : 'Log in';
  const isWrong = (field: 'name' | 'password') => (form.wrong.value === field ? true : undefined);
  return (
    <main id="login" class="login">
      <form
        id="login-form"
        class="card"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          form.submit(filledIn(), password.current?.value ?? '', stay.current?.checked === true);
        }}
      >
        <img class="mark" src={`${server.assets}/icon.svg`} alt="" width="48" height="48" />
        <h1>
          <bdi>{server.title}</bdi>
        </h1>
        {server.welcome !== '' && (
          <p class="welcome">
            <bdi>{server.welcome}</bdi>
          </p>
        )}
        {form.invited.value !== undefined && (
          <p id="login-invitation" class="invitation" role="status">
            {form.invited.value}
          </p>
        )}
        <p
          id="login-problem"
          class="problem"
          ref={problem}
          role={isAnnounced ? 'alert' : undefined}
          tabIndex={isBlocked ? -1 : undefined}
          hidden={text === ''}
        >
          {text}
        </p>
        <label for="login-name">Name</label>
        <input
          id="login-name"
          ref={name}
          name="name"
          type="text"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          maxLength={64}
          dir="auto"
          required
          aria-describedby="login-name-hint"
          aria-invalid={isWrong('name')}
          onInput={() => form.typed()}
        />
        <p id="login-name-hint" class="hint" hidden={!registers}>
          Up to 32 characters, no spaces. Others see it.
        </p>
        <label for="login-password">Password</label>
        <div class="joined">
          <input
            id="login-password"
            ref={password}
            name="password"
            {...(isRevealed.value ? { type: 'text' } : { type: 'password' })}
            autocomplete={registers ? 'new-password' : 'current-password'}
            maxLength={1024}
            required
            aria-describedby="login-password-hint"
            aria-invalid={isWrong('password')}
            onInput={() => form.typed()}
          />
          <button
            id="login-show"
            type="button"
            class="quiet"
            aria-pressed={isRevealed.value}
            aria-label="Show the password"
            onClick={() => {
              isRevealed.value = !isRevealed.value;
            }}
          >
            {isRevealed.value ? 'Hide' : 'Show'}
          </button>
        </div>
        <p id="login-password-hint" class="hint" hidden={!registers}>
          The longer the better. A few words are easy to remember.
        </p>
        <label class="check">
          <input id="login-stay" ref={stay} type="checkbox" /> Stay logged in on this device
        </label>
        <button id="login-submit" ref={submit} class="primary" type="submit" disabled={isBusy || isBlocked}>
          {isBusy ? 'One moment …' : label}
        </button>
        {server.registers && (
          <p class="other">
            {registers ? 'Already have an account?' : 'New here?'}{' '}
            <button id="login-other" type="button" class="link" onClick={() => form.choose(!registers, filledIn())}>
              {registers ? 'Log in' : 'Make an account'}
            </button>
          </p>
        )}
        {server.welcomesGuests && (
          <p class="other">
            Just looking?{' '}
            <button id="login-guest" type="button" class="link" onClick={() => form.enterAsGuest(filledIn())}>
              Come in as a guest
            </button>
          </p>
        )}
      </form>
    </main>
  );
}
