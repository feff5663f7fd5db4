// Guards that packages/protocol/src/generated is what the installed SDK's type definitions say (`--check` fails when it is stale).
//
// Reads the official SDK's .d.ts files and writes, for every action of the API:
//   action-shapes.json  JSON Schema (draft-07) of the requests, structures shared through `definitions`
//   action-names.ts     the names as a const tuple
//   action-types.ts     request and response type per action, for the compiler only
// Usage: node scripts/generate-action-shapes.ts [--check]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const apiVersion = 'v20180717';
const sdkModule = `tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/${apiVersion}`;
const root = join(import.meta.dirname, '..');
const sdkFolder = join(root, 'node_modules', sdkModule);
const outputFolder = join(root, 'packages', 'protocol', 'src', 'generated');

/**
 * The number fields that the API reference lists as Float ("Name" everywhere, "Structure.Name" there only); the others are Integer.
 * The .d.ts says only `number`. When the SDK is updated, look in the diff of action-shapes.json for new integer fields
 * that the reference lists as Float: they belong here, or requests with fractions are refused.
 */
const floatFields: ReadonlySet<string> = new Set(
  `BoardAlpha CycleDuration DeleteKeyFrameDescs DisplayDuration EndTimeOffset FontAlpha Gain Intensity LeftTopX LeftTopY
  OutlineAlpha OutlineWidth Percent PositionValue RightBottomX RightBottomY RotateAngle ScreenshotInterval ShadowAlpha
  ShadowWidth SourceMediaStartTime StartTime StartTimeOffset TargetDuration TimeOffset TimeOffsetSet
  AigcVideoOutputConfig.Duration AudioTrackItem.Duration EmptyTrackItem.Duration MediaTransitionItem.Duration
  SceneAigcVideoOutputConfig.Duration StickerTrackItem.Duration VideoTrackItem.Duration
  CreateAnimatedGraphicsTemplateRequest.Quality ModifyAnimatedGraphicsTemplateRequest.Quality
  FaceConfigureInfo.Score FaceConfigureInfoForUpdate.Score
  LLMComprehendFaceRecognition.Score LLMComprehendFaceRecognitionForUpdate.Score`.split(/\s+/),
);

interface Shape {
  $ref?: string;
  anyOf?: Shape[];
  type?: string | string[];
  items?: Shape;
  properties?: Record<string, Shape>;
  required?: string[];
}

interface Action {
  name: string;
  request: string;
  response: string;
}

type Declaration = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

function parseFile(name: string): ts.SourceFile {
  const path = join(sdkFolder, name);
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function readDeclarations(file: ts.SourceFile): Map<string, Declaration> {
  const found = file.statements.filter(
    (statement): statement is Declaration =>
      ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement),
  );
  return new Map(found.map((declaration) => [declaration.name.text, declaration]));
}

function referenceName(node: ts.TypeNode | undefined, where: string): string {
  if (node && ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) return node.typeName.text;
  throw new Error(`${where}: expected a named type, got ${node ? ts.SyntaxKind[node.kind] : 'nothing'}`);
}

function readAction(method: ts.MethodDeclaration): Action {
  if (!ts.isIdentifier(method.name)) throw new Error('a method of the client has a computed name');
  const name = method.name.text;
  const result = method.type;
  const promised = result && ts.isTypeReferenceNode(result) ? result.typeArguments?.[0] : undefined;
  return {
    name,
    request: referenceName(method.parameters[0]?.type, `${name} request`),
    response: referenceName(promised, `${name} response`),
  };
}

function readActions(file: ts.SourceFile): Action[] {
  const client = file.statements.find(ts.isClassDeclaration);
  if (!client) throw new Error(`no class in ${file.fileName}`);
  const actions = client.members.filter(ts.isMethodDeclaration).map(readAction);
  return actions.toSorted((a, b) => compareText(a.name, b.name));
}

function isNumeric(node: ts.TypeNode): boolean {
  if (ts.isUnionTypeNode(node)) return node.types.every(isNumeric);
  return node.kind === ts.SyntaxKind.NumberKeyword || node.kind === ts.SyntaxKind.BigIntKeyword;
}

/** Turns the types of the SDK's models into schema nodes and notes the structures they mention. */
class ShapeReader {
  readonly definitions: Map<string, Shape> = new Map();
  /** Entries of floatFields that no field answered to so far. */
  readonly unusedFloatFields: Set<string> = new Set(floatFields);
  readonly #declarations: ReadonlyMap<string, Declaration>;

  constructor(declarations: ReadonlyMap<string, Declaration>) {
    this.#declarations = declarations;
  }

  /** Adds the structure and everything it refers to. */
  addDefinition(name: string): void {
    if (this.definitions.has(name)) return;
    const declaration = this.#declarations.get(name);
    if (!declaration) throw new Error(`${name} is not declared in the SDK's models`);
    const shape: Shape = { type: 'object' };
    this.definitions.set(name, shape);
    if (ts.isInterfaceDeclaration(declaration)) this.#addMembers(shape, declaration);
    else if (!isNullType(declaration.type)) {
      throw new Error(`${name}: only an interface or null is understood`);
    }
  }

  #addMembers(shape: Shape, declaration: ts.InterfaceDeclaration): void {
    const properties: Record<string, Shape> = {};
    const required: string[] = [];
    for (const member of declaration.members) {
      const where = declaration.name.text;
      if (!ts.isPropertySignature(member) || !ts.isIdentifier(member.name) || !member.type) {
        throw new Error(`${where} has a member that is not a plain field`);
      }
      const field = member.name.text;
      const shapeOfField = this.#toShape(member.type, where, field);
      properties[field] = member.questionToken ? toNullable(shapeOfField) : shapeOfField;
      if (!member.questionToken) required.push(field);
    }
    shape.properties = properties;
    if (required.length > 0) shape.required = required;
  }

  #toShape(node: ts.TypeNode, structure: string, field: string): Shape {
    if (node.kind === ts.SyntaxKind.StringKeyword) return { type: 'string' };
    if (node.kind === ts.SyntaxKind.BooleanKeyword) return { type: 'boolean' };
    if (isNumeric(node)) return { type: this.#numberType(structure, field) };
    const name = referenceName(node, `${structure}.${field}`);
    if (name === 'Array') return { type: 'array', items: this.#itemShape(node, structure, field) };
    this.addDefinition(name);
    return { $ref: `#/definitions/${name}` };
  }

  #numberType(structure: string, field: string): string {
    const listed = [field, `${structure}.${field}`].filter((name) => floatFields.has(name));
    for (const name of listed) this.unusedFloatFields.delete(name);
    return listed.length > 0 ? 'number' : 'integer';
  }

  #itemShape(node: ts.TypeNode, structure: string, field: string): Shape {
    const item = ts.isTypeReferenceNode(node) ? node.typeArguments?.[0] : undefined;
    if (!item) throw new Error(`${structure}.${field}: a list without the type of its items`);
    return this.#toShape(item, structure, field);
  }
}

function isNullType(node: ts.TypeNode): boolean {
  return ts.isLiteralTypeNode(node) && node.literal.kind === ts.SyntaxKind.NullKeyword;
}

function toNullable(shape: Shape): Shape {
  if (typeof shape.type !== 'string') return { anyOf: [shape, { type: 'null' }] };
  return { ...shape, type: [shape.type, 'null'] };
}

/** One entry per line: small, and a change of the SDK shows as the lines that it touches. */
function writeRecord(entries: ReadonlyArray<readonly [string, Shape]>): string {
  const lines = entries.map(([name, shape]) => `    ${JSON.stringify(name)}: ${JSON.stringify(shape)}`);
  return `{\n${lines.join(',\n')}\n  }`;
}

function writeShapes(actions: readonly Action[], definitions: ReadonlyMap<string, Shape>): string {
  const requests = actions.map(
    (action) => [action.name, { $ref: `#/definitions/${action.request}` }] as const,
  );
  const sorted = [...definitions].toSorted(([a], [b]) => compareText(a, b));
  return `{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "actions": ${writeRecord(requests)},
  "definitions": ${writeRecord(sorted)}
}
`;
}

const banner = `// Generated by scripts/generate-action-shapes.ts from the official SDK's type definitions. Do not edit.\n`;

function writeNames(actions: readonly Action[]): string {
  const names = actions.map(({ name }) => `  '${name}',\n`).join('');
  return `${banner}
/** Every action of the API, version 2018-07-17. */
export const actionNames = [
${names}] as const;
`;
}

function writeTypes(actions: readonly Action[], declarations: ReadonlyMap<string, Declaration>): string {
  const toType = (name: string): string =>
    declarations.get(name)?.kind === ts.SyntaxKind.TypeAliasDeclaration
      ? 'Record<string, never>'
      : `models.${name}`;
  const lines = actions.map(
    ({ name, request, response }) =>
      `  ${name}: { request: ${toType(request)}; response: ${toType(response)} };\n`,
  );
  return `${banner}import type * as models from '${sdkModule}/vod_models.js';

/** Request and response of every action, with the wire's spelling. */
export interface ActionTypes {
${lines.join('')}}
`;
}

function generate(): Map<string, string> {
  const declarations = readDeclarations(parseFile('vod_models.d.ts'));
  const actions = readActions(parseFile('vod_client.d.ts'));
  const reader = new ShapeReader(declarations);
  for (const action of actions) reader.addDefinition(action.request);
  if (reader.unusedFloatFields.size > 0) {
    throw new Error(
      `floatFields names fields that no request has: ${[...reader.unusedFloatFields].join(', ')}`,
    );
  }
  return new Map([
    ['action-names.ts', writeNames(actions)],
    ['action-shapes.json', writeShapes(actions, reader.definitions)],
    ['action-types.ts', writeTypes(actions, declarations)],
  ]);
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function check(files: ReadonlyMap<string, string>): void {
  const stale = [...files].filter(([name, text]) => readIfPresent(join(outputFolder, name)) !== text);
  if (stale.length === 0) {
    console.log(`action shapes: ${files.size} generated files are up to date`);
    return;
  }
  for (const [name] of stale) console.error(`stale: packages/protocol/src/generated/${name}`);
  console.error('run: node scripts/generate-action-shapes.ts');
  process.exitCode = 1;
}

function write(files: ReadonlyMap<string, string>): void {
  mkdirSync(outputFolder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(outputFolder, name), text);
  console.log(`action shapes: wrote ${files.size} files`);
}

const files = generate();
if (process.argv.includes('--check')) check(files);
else write(files);
