/**
 * The part of OpenAPI v3 that a structural schema of Kubernetes may use and this resource needs. A node is written to the
 * CRD as it stands, so the names are those of the file.
 */
export type JsonValue =
  | string
  | number
  | boolean
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** One CEL rule: refused with `message` (or what `messageExpression` gives) unless `rule` is true. */
export interface CelRule {
  /** `self` is the value; a rule that names `oldSelf` runs on updates only. */
  readonly rule: string;
  /** For the person whose object is refused: what to write instead. */
  readonly message: string;
  /** CEL that gives a text, for messages that name values. Where it fails, `message` is shown. */
  readonly messageExpression?: string;
  /** The field to blame, below the one with the rule, such as `.replicas`. */
  readonly fieldPath?: string;
}

interface Described {
  /** What `kubectl explain` shows. Every field has one, but for what Kubernetes describes itself. */
  readonly description?: string;
  readonly default?: JsonValue;
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
}

export interface StringNode extends Described {
  readonly type: 'string';
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly format?: 'date-time';
  readonly minLength?: number;
  readonly maxLength?: number;
}

export interface IntegerNode extends Described {
  readonly type: 'integer';
  readonly format: 'int32' | 'int64';
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface BooleanNode extends Described {
  readonly type: 'boolean';
}

export interface ArrayNode extends Described {
  readonly type: 'array';
  readonly items: SchemaNode;
  readonly maxItems: number;
  readonly 'x-kubernetes-list-type': 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

/** Named fields. */
export interface ObjectNode extends Described {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  /** The value is one reference or selector: it is applied whole or not at all. */
  readonly 'x-kubernetes-map-type'?: 'atomic';
}

/** Keys of the user's own. */
export interface MapNode extends Described {
  readonly type: 'object';
  readonly additionalProperties: StringNode;
  readonly maxProperties: number;
}

/** A quantity of Kubernetes, or anything else that people write with and without quotes: the one kind without a type. */
export interface IntOrStringNode extends Described {
  readonly 'x-kubernetes-int-or-string': true;
  readonly pattern?: string;
  readonly maxLength?: number;
}

export type SchemaNode =
  | StringNode
  | IntegerNode
  | BooleanNode
  | ArrayNode
  | ObjectNode
  | MapNode
  | IntOrStringNode;

export function isObjectNode(node: SchemaNode): node is ObjectNode {
  return 'properties' in node;
}

export function isMapNode(node: SchemaNode): node is MapNode {
  return 'additionalProperties' in node;
}
