/** The served JSON Schema as the few kinds of nodes that the form can draw. Pure: schema in, tree out. */

export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  discriminator?: { propertyName: string };
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  /** Our own hints, see `hint` in the server's spec. */
  group?: string;
  scale?: string;
  advanced?: boolean;
  unit?: string;
  untagged?: string;
}

export interface Bounds {
  minimum?: number | undefined;
  maximum?: number | undefined;
  exclusiveMinimum?: number | undefined;
  exclusiveMaximum?: number | undefined;
}

export interface NumberNode extends Bounds {
  type: "number";
  integer: boolean;
  /** What may stand in place of a number, e.g. `pool`. */
  words?: string[];
}
export interface TextNode {
  type: "text";
  minLength: number;
  maxLength: number;
}
export interface BooleanNode {
  type: "boolean";
}
export interface ChoiceNode {
  type: "choice";
  options: string[];
  /** Whether the values are numbers; the options are their texts. */
  numeric: boolean;
}
export interface ListNode {
  type: "list";
  item: Node;
  minItems: number;
  maxItems: number;
}
export interface ObjectNode {
  type: "object";
  /** Properties with one possible value: the tag of a variant. They are not drawn. */
  constants: Record<string, string>;
  fields: Field[];
}
export interface UnionNode {
  type: "union";
  /** The property that says which variant it is. */
  tag: string;
  variants: { value: string; node: ObjectNode }[];
  /** The variant of a value that does not say; undefined: it must say. */
  untagged: string | undefined;
}
export interface NullableNode {
  type: "nullable";
  inner: Node;
}
export type Node = NumberNode | TextNode | BooleanNode | ChoiceNode | ListNode | ObjectNode | UnionNode | NullableNode;

export interface Hints {
  group: string;
  log: boolean;
  advanced: boolean;
  unit: string;
}

export interface Field {
  name: string;
  /** Dotted, without indices, e.g. `arms.norm.groups`: where its texts lie. */
  key: string;
  node: Node;
  required: boolean;
  /** What the schema says; undefined: see `defaultOf`. */
  default: unknown;
  /** The server's own words, shown where the messages have none. */
  description: string;
  hints: Hints;
}

type Definitions = Record<string, JsonSchema>;

/** The tree of a whole schema; `definitions` where they do not lie under `$defs` (as in OpenAPI). */
export function parseSchema(schema: JsonSchema, definitions: Definitions = schema.$defs ?? {}): ObjectNode {
  const root = resolve(schema, definitions);
  return objectOf(root, "", { group: "", log: false, advanced: false, unit: "" }, definitions);
}

function resolve(schema: JsonSchema, definitions: Definitions): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
  const target = definitions[name];
  if (target === undefined) throw new Error(`the schema refers to ${schema.$ref}, which it does not define`);
  // What stands beside a reference (default, hints) belongs to the field, not to the type.
  return { ...resolve(target, definitions), ...schema, $ref: undefined } as JsonSchema;
}

function objectOf(schema: JsonSchema, key: string, inherited: Hints, definitions: Definitions): ObjectNode {
  const required = new Set(schema.required ?? []);
  const constants: Record<string, string> = {};
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, raw]) => {
    const own = resolve(raw, definitions);
    if (own.const !== undefined) {
      constants[name] = String(own.const);
      return [];
    }
    const path = key === "" ? name : `${key}.${name}`;
    const hints = hintsOf(own, inherited);
    const field: Field = {
      name,
      key: path,
      node: nodeOf(own, path, hints, definitions),
      required: required.has(name),
      default: own.default,
      description: own.description ?? "",
      hints,
    };
    return [field];
  });
  return { type: "object", constants, fields };
}

function hintsOf(schema: JsonSchema, inherited: Hints): Hints {
  return {
    group: schema.group ?? inherited.group,
    log: schema.scale === "log",
    advanced: schema.advanced ?? inherited.advanced,
    unit: schema.unit ?? "",
  };
}

function nodeOf(raw: JsonSchema, key: string, hints: Hints, definitions: Definitions): Node {
  const schema = resolve(raw, definitions);
  const options = schema.anyOf ?? [];
  const inner = options.find((option) => option.type !== "null");
  if (inner !== undefined && options.length === 2 && options.some((option) => option.type === "null")) {
    return { type: "nullable", inner: nodeOf(inner, key, hints, definitions) };
  }
  if (schema.oneOf !== undefined && schema.discriminator !== undefined) {
    return { ...unionOf(schema.oneOf, schema.discriminator.propertyName, key, hints, definitions), untagged: schema.untagged };
  }
  const number = options.find((option) => option.type === "integer" || option.type === "number");
  const words = options.filter((option) => typeof option.const === "string").map((option) => String(option.const));
  if (number !== undefined && words.length === options.length - 1) {
    return { type: "number", integer: number.type === "integer", words, ...boundsOf(number) };
  }
  if (schema.enum !== undefined) {
    return { type: "choice", options: schema.enum.map(String), numeric: typeof schema.enum[0] === "number" };
  }
  switch (schema.type) {
    case "object":
      return objectOf(schema, key, hints, definitions);
    case "array":
      return {
        type: "list",
        item: nodeOf(schema.items ?? {}, key, hints, definitions),
        minItems: schema.minItems ?? 0,
        maxItems: schema.maxItems ?? Infinity,
      };
    case "integer":
    case "number":
      return { type: "number", integer: schema.type === "integer", ...boundsOf(schema) };
    case "boolean":
      return { type: "boolean" };
    case "string":
      return { type: "text", minLength: schema.minLength ?? 0, maxLength: schema.maxLength ?? Infinity };
  }
  throw new Error(`the form cannot draw '${key}': type ${schema.type ?? "unknown"}`);
}

function unionOf(options: JsonSchema[], tag: string, key: string, hints: Hints, definitions: Definitions): Omit<UnionNode, "untagged"> {
  const variants = options.flatMap((option) => {
    const schema = resolve(option, definitions);
    const node = objectOf(schema, key, hints, definitions);
    // A variant may stand for several kinds, which differ in nothing but their names.
    const kinds = schema.properties?.[tag]?.enum?.map(String) ?? [node.constants[tag] ?? ""];
    const fields = node.fields.filter((field) => field.name !== tag);
    return kinds.map((value) => ({ value, node: { ...node, constants: { ...node.constants, [tag]: value }, fields } }));
  });
  return { type: "union", tag, variants };
}

function boundsOf(schema: JsonSchema): Bounds {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  return { minimum, maximum, exclusiveMinimum, exclusiveMaximum };
}
