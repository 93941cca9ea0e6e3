import { kindOf, type ParamShape } from './kinds.ts';

/** The declared arguments of a command by name, in the order of a line. */
export type ParamShapes = Readonly<Record<string, ParamShape>>;

/** The values of a call's arguments, or what is wrong with them, as a sentence. */
export type ReadArguments = { readonly values: Readonly<Record<string, unknown>> } | { readonly problem: string };

/** Reads the arguments from what follows a command's word on a line. */
export function readLine(params: ParamShapes, line: string): ReadArguments {
  const values: Record<string, unknown> = {};
  let rest = line;
  /** The first optional argument that was skipped because the next word does not fit it. */
  let passed: { readonly problem: string; readonly rest: string } | undefined;
  for (const name in params) {
    const param = params[name] as ParamShape;
    const found = kindOf(param).read(rest, param);
    if (found === undefined && !param.optional) {
      const called = `<${labelOf(name, param)}>`;
      return { problem: rest.trim() === '' ? `${called} is missing.` : mustBe(called, param) };
    }
    if (found === undefined && passed?.rest !== rest) {
      passed = { problem: mustBe(`<${labelOf(name, param)}>`, param), rest };
    }
    values[name] = found === undefined ? param.default : found.value;
    if (found !== undefined) rest = found.rest;
  }
  if (rest === '' || rest.trim() === '') return { values };
  if (passed?.rest === rest) return { problem: passed.problem };
  return { problem: `Unexpected "${rest.trim().split(/\s/, 1)[0]}".` };
}

/** The arguments that may come next on a line: the first missing one, and those after it if it is optional. */
export function paramsAt(params: ParamShapes, line: string): readonly ParamShape[] {
  const left = Object.values(params);
  let rest = line;
  for (let [next] = left; next !== undefined; [next] = left) {
    const { isRest, read } = kindOf(next);
    const found = isRest ? undefined : read(rest, next);
    if (found === undefined && (isRest || rest.trim() === '' || !next.optional)) break;
    rest = found?.rest ?? rest;
    left.shift();
  }
  return left.slice(0, left.findIndex(({ optional }) => !optional) + 1 || undefined);
}

/** Checks arguments that a program passes by name. */
export function checkValues(params: ParamShapes, given: Readonly<Record<string, unknown>>): ReadArguments {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(params, name));
  if (unknown !== undefined) return { problem: `There is no argument '${unknown}'.` };
  const values: Record<string, unknown> = {};
  for (const [name, param] of Object.entries(params)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined && !param.optional) return { problem: `'${name}' is missing.` };
    const { accepts, allowed, allowedValue = allowed(param) } = kindOf(param);
    if (value !== undefined && !accepts(value, param)) return { problem: `'${name}' must be ${allowedValue}.` };
    values[name] = value ?? param.default;
  }
  return { values };
}

/** Writes values as a line that `readLine` reads as the same values. Values that do not fit are left out. */
export function writeLine(params: ParamShapes, values: Readonly<Record<string, unknown>>): string {
  return Object.entries(params)
    .filter(([name, param]) => kindOf(param).accepts(values[name], param))
    .map(([name, param]) => kindOf(param).write(values[name]))
    .join(' ');
}

/** A command's usage: `message <user> <text>, or message (<user> <user> ...) <text>`. */
export function usageOf(command: string, params: ParamShapes): string {
  const forms = Object.entries(params).map(([name, param]) => formsOf(labelOf(name, param), param));
  const line = (form: 'one' | 'several') => [command, ...forms.map((one) => one[form])].join(' ');
  return [...new Set([line('one'), line('several')])].join(', or ');
}

/** The JSON Schema of the values that a program passes. */
export function schemaOf(params: ParamShapes): object {
  const entries = Object.entries(params);
  const properties = entries.map(([name, param]) => {
    const { description: unit, ...schema } = kindOf(param).schema(param) as { description?: string };
    const description = [param.about, unit].filter((part) => part).join('. ');
    return [
      name,
      {
        ...schema,
        ...(description !== '' && { description }),
        ...(param.default !== undefined && { default: param.default }),
      },
    ] as const;
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: entries.filter(([, { optional }]) => !optional).map(([name]) => name),
    additionalProperties: false,
  };
}

function labelOf(name: string, param: ParamShape): string {
  return param.label ?? kindOf(param).label(param, name);
}

/** An argument in usage: once, and several times if it can be a list. */
function formsOf(label: string, param: ParamShape): { readonly one: string; readonly several: string } {
  const [open, close] = param.optional ? '[]' : '<>';
  const one = `${open}${label}${close}`;
  return { one, several: kindOf(param).isList ? `(${one} ${one} ...)` : one };
}

function mustBe(called: string, param: ParamShape): string {
  const allowed = kindOf(param).allowed(param);
  return called === `<${allowed}>` ? `Expected ${allowed}.` : `${called} must be ${allowed}.`;
}
