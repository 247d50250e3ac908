import { BonafideError } from '@bonafide/core/errors';
import { argumentsSchemaOf, type Operation } from '@bonafide/core/operations';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parse as parseYaml } from 'yaml';

interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: { readonly type?: string };
  readonly description?: string;
  readonly format?: string;
}

/** One field of an operation's input as the command line shows it. */
interface Field {
  readonly name: string;
  /** What its flag is called, in camel case. */
  readonly flag: string;
  readonly property: Property;
  readonly isRequired: boolean;
}

/** Fields that are whole documents: on the command line they are files, `-` for standard input. */
const FILES: Readonly<Record<string, 'text' | 'data'>> = { cedar: 'text', lines: 'text', cases: 'data' };

const toKebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Every command has flags of these names already. */
const RESERVED = new Set(['url', 'agent', 'token', 'json', 'wide', 'help', 'version']);

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** What an operation is about, in one word: `webhook`, and `server` of mcpServers. */
const subjectOf = ({ id }: Operation): string =>
  (id.split('.')[0] ?? '')
    .split(/(?=[A-Z])/)
    .at(-1)
    ?.toLowerCase()
    .replace(/s$/, '') ?? '';

function fieldsOf(operation: Operation): readonly Field[] {
  const { properties = {}, required = [] } = argumentsSchemaOf(operation);
  return Object.entries<Property>(properties).map(([name, property]) => ({
    name,
    flag: RESERVED.has(name) ? `${subjectOf(operation)}${capitalized(name)}` : name,
    property,
    isRequired: required.includes(name),
  }));
}

const isFile = ({ name }: Field): boolean => Object.hasOwn(FILES, name);

/** What the operation is about goes without a flag: what its path names, or else the required id, key or document. */
function isPositional(operation: Operation, field: Field): boolean {
  const { name, isRequired } = field;
  if (isFile(field) || name === 'key') return isRequired;
  if (operation.kind === 'local') return isRequired && (name === 'did' || name.endsWith('Id'));
  return operation.http.path.includes(`{${name}}`);
}

const toNumber = (text: string): unknown =>
  text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);

/** Commander takes a parsed `null` for no value at all, so a value of JSON travels in a box. */
class Json {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

function toJson(text: string): Json {
  try {
    return new Json(JSON.parse(text));
  } catch {
    throw new InvalidArgumentError(`It must be JSON; text goes in quotes: '"…"'.`);
  }
}

function describe({ property, isRequired }: Field): string {
  const words = [property.description, property.format && `(${property.format})`, isRequired && '(required)'];
  return words.filter(Boolean).join(' ');
}

const isNumber = ({ type }: Property): boolean => type === 'integer' || type === 'number';
const isList = ({ type, items }: Property): boolean =>
  type === 'array' && items !== undefined && (isText(items) || isNumber(items));
const isText = ({ type }: Property): boolean => type === 'string';

const collectorOf =
  ({ items = {} }: Property) =>
  (text: string, earlier: readonly unknown[] = []): readonly unknown[] => [
    ...earlier,
    isNumber(items) ? toNumber(text) : text,
  ];

function optionsOf(field: Field): Option[] {
  const { property } = field;
  const flag = `--${toKebab(field.flag)}`;
  const description = describe(field);
  if (isFile(field)) return [new Option(`${flag} <file>`, description)];
  if (property.type === 'boolean') {
    return [new Option(flag, description), new Option(`--no-${toKebab(field.flag)}`).hideHelp()];
  }
  if (isList(property)) {
    return [
      new Option(`${flag} <value>`, `${description} (may be given again)`.trim()).argParser(
        collectorOf(property),
      ),
    ];
  }
  if (isNumber(property)) {
    return [new Option(`${flag} <number>`, description).argParser(toNumber)];
  }
  if (property.enum) return [new Option(`${flag} <value>`, description).choices(property.enum)];
  if (isText(property)) return [new Option(`${flag} <text>`, description)];
  return [new Option(`${flag} <json>`, description).argParser(toJson)];
}

const placeOf = (field: Field): string =>
  isFile(field) ? `<${toKebab(field.name)}-file>` : `<${toKebab(field.name)}>`;

/** Gives a command the arguments and flags of an operation's input. */
export function addInput(command: Command, operation: Operation): Command {
  for (const field of fieldsOf(operation)) {
    if (isPositional(operation, field)) command.argument(placeOf(field), describe(field));
    else for (const option of optionsOf(field)) command.addOption(option);
  }
  return command;
}

/** The input that was given on the command line; not validated, absent fields absent. */
export async function inputOf(
  command: Command,
  { operation, read }: { readonly operation: Operation; readonly read: (file: string) => Promise<string> },
): Promise<Record<string, unknown>> {
  const given: Record<string, unknown> = command.opts();
  const positional = [...command.args];
  const entries = fieldsOf(operation).map(async (field) => {
    const isPlaced = isPositional(operation, field);
    const value = isPlaced ? positional.shift() : given[field.flag];
    if (value === undefined) return [];
    if (isPlaced && isNumber(field.property)) return [[field.name, toNumber(String(value))]];
    if (!isFile(field)) return [[field.name, value instanceof Json ? value.value : value]];
    const text = await read(String(value));
    return [[field.name, FILES[field.name] === 'text' ? text : parseData(text, String(value))]];
  });
  return Object.fromEntries((await Promise.all(entries)).flat());
}

/** YAML, of which JSON is a part. */
function parseData(text: string, file: string): unknown {
  try {
    return parseYaml(text);
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : '';
    throw new BonafideError('VALIDATION_FAILED', `${file} is neither JSON nor YAML: ${reason}`, { cause });
  }
}
