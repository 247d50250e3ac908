import { inputSchemaOf, type Operation } from '@bonafide/core/operations';
import { type Command, InvalidArgumentError, Option } from 'commander';

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
  readonly property: Property;
  readonly isRequired: boolean;
}

const toKebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function fieldsOf(operation: Operation): readonly Field[] {
  const { properties = {}, required = [] } = inputSchemaOf(operation);
  return Object.entries<Property>(properties).map(([name, property]) => ({
    name,
    property,
    isRequired: required.includes(name),
  }));
}

/** What the operation is about goes without a flag: what its path names, or else the required id. */
function isPositional(operation: Operation, { name, isRequired }: Field): boolean {
  if (operation.kind === 'local') return isRequired && name.endsWith('Id');
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
    throw new InvalidArgumentError('It must be JSON.');
  }
}

function describe({ property, isRequired }: Field): string {
  const words = [property.description, property.format && `(${property.format})`, isRequired && '(required)'];
  return words.filter(Boolean).join(' ');
}

const isList = ({ type, items }: Property): boolean => type === 'array' && items?.type === 'string';
const isText = ({ type }: Property): boolean => type === 'string';

function optionsOf(field: Field): Option[] {
  const { name, property } = field;
  const flag = `--${toKebab(name)}`;
  const description = describe(field);
  if (property.type === 'boolean') {
    return [new Option(flag, description), new Option(`--no-${toKebab(name)}`).hideHelp()];
  }
  if (isList(property)) {
    const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];
    return [new Option(`${flag} <value>`, `${description} (may be given again)`.trim()).argParser(collect)];
  }
  if (property.enum) return [new Option(`${flag} <value>`, description).choices(property.enum)];
  if (isText(property)) return [new Option(`${flag} <text>`, description)];
  if (property.type === 'integer' || property.type === 'number') {
    return [new Option(`${flag} <number>`, description).argParser(toNumber)];
  }
  return [new Option(`${flag} <json>`, description).argParser(toJson)];
}

/** Gives a command the arguments and flags of an operation's input. */
export function addInput(command: Command, operation: Operation): Command {
  for (const field of fieldsOf(operation)) {
    if (isPositional(operation, field)) command.argument(`<${toKebab(field.name)}>`, describe(field));
    else for (const option of optionsOf(field)) command.addOption(option);
  }
  return command;
}

/** The input that was given on the command line; not validated, absent fields absent. */
export function inputOf(command: Command, operation: Operation): Record<string, unknown> {
  const given: Record<string, unknown> = command.opts();
  const positional = [...command.args];
  const entries = fieldsOf(operation).flatMap((field) => {
    const value = isPositional(operation, field) ? positional.shift() : given[field.name];
    return value === undefined ? [] : [[field.name, value instanceof Json ? value.value : value]];
  });
  return Object.fromEntries(entries);
}
