import document from '../generated/action-shapes.json' with { type: 'json' };
import type { ActionName } from './action-types.ts';

/** The part of JSON Schema draft-07 that the generated shapes use. */
export interface Schema {
  $ref?: string | undefined;
  /** A shared structure that may also be null. */
  anyOf?: readonly Schema[] | undefined;
  /** One type, or one type and `null`. */
  type?: string | readonly string[] | undefined;
  items?: Schema | undefined;
  properties?: Readonly<Record<string, Schema>> | undefined;
  required?: readonly string[] | undefined;
}

export type SchemaDefinitions = Readonly<Record<string, Schema>>;

const definitions: SchemaDefinitions = document.definitions;
const actions: Readonly<Record<ActionName, Schema>> = document.actions;

const refPrefix = '#/definitions/';

/** The JSON Schema document of an action's request, complete with the structures it refers to. */
export function requestSchemaOf(
  action: ActionName,
): Schema & { $schema: string; definitions: SchemaDefinitions } {
  return { $schema: document.$schema, ...actions[action], definitions };
}

/** A schema node without references: what a value has to be, null aside. */
export interface ResolvedSchema {
  type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  items: Schema;
  properties: Readonly<Record<string, Schema>>;
  required: readonly string[];
}

/** Follows `$ref` and drops the `null` of optional fields. */
export function resolveSchema(schema: Schema): ResolvedSchema {
  if (schema.anyOf?.[0]) return resolveSchema(schema.anyOf[0]);
  if (schema.$ref) return resolveSchema(definitions[schema.$ref.slice(refPrefix.length)] ?? {});
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  const { items = {}, properties = {}, required = [] } = schema;
  return { type: toKnownType(type), items, properties, required };
}

function toKnownType(type: string | undefined): ResolvedSchema['type'] {
  switch (type) {
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
    case 'array':
    case 'object':
      return type;
    default:
      throw new TypeError(`the generated action shapes have a node of type ${type}`);
  }
}
