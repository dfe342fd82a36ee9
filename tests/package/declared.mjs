// Compiles the consumer strictly against the installed package, and says what the declarations declare and what of it
// the consumer leaves out: node declared.mjs FOLDER MODULES, the first with consumer.ts, the second with TypeScript.

import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, modules] = process.argv.slice(2);
const ts = createRequire(join(modules, "/"))("typescript");

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false, // the declarations themselves are what is checked
  types: [],
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
};
/** The two ways in which a package is looked into today: Node's and a bundler's. */
const WAYS = [
  { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
];

const program = (way) => ts.createProgram([join(folder, "consumer.ts")], { ...STRICT, ...way });

function problems(made) {
  const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => folder, getNewLine: () => "\n" };
  return ts.getPreEmitDiagnostics(made).map((found) => ts.formatDiagnostic(found, host));
}

const [made, other] = WAYS.map(program);
const checker = made.getTypeChecker();
const consumer = made.getSourceFile(join(folder, "consumer.ts"));

/** What a module exports, types included. */
function exported(name) {
  const statement = consumer.statements.find((it) => it.moduleSpecifier?.text === name);
  return checker.getExportsOfModule(checker.getSymbolAtLocation(statement.moduleSpecifier));
}

const resolved = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
const isValue = (symbol) => Boolean(resolved(symbol).flags & ts.SymbolFlags.Value);

/** The names that a class, or an interface, has by itself. */
function named(table = new Map()) {
  const hidden = (symbol) => symbol.flags & (ts.SymbolFlags.Constructor | ts.SymbolFlags.Prototype | ts.SymbolFlags.TypeParameter);
  return [...table.values()].filter((symbol) => !hidden(symbol)).map(({ name }) => name);
}

/** The names that the consumer says, each "Class.member" where the checker knows whose it is. */
function said() {
  const names = new Set();
  (function visit(node) {
    if (ts.isIdentifier(node) || ts.isStringLiteral(node)) names.add(node.text);
    if (ts.isPropertyAccessExpression(node)) {
      const symbol = checker.getSymbolAtLocation(node.name);
      if (symbol?.parent) names.add(`${symbol.parent.name}.${symbol.name}`);
    }
    ts.forEachChild(node, visit);
  })(consumer);
  return names;
}

const names = said();
const unused = [];
const classes = {};
const symbols = new Map(["kmeans-board", "kmeans-board/kmeans.js", "kmeans-board/element"].flatMap(exported).map((it) => [it.name, resolved(it)]));
for (const [name, symbol] of symbols) {
  const members = named(symbol.members), statics = named(symbol.exports);
  const isClass = Boolean(symbol.flags & ts.SymbolFlags.Class);
  if (isClass) classes[name] = { members, statics };
  if (!names.has(name)) unused.push(name);
  for (const member of [...members, ...statics]) {
    if (!names.has(isClass ? `${name}.${member}` : member)) unused.push(`${name}.${member}`);
  }
}

const emitted = made.emit();
console.log(JSON.stringify({
  problems: [...problems(made), ...problems(other), ...emitted.diagnostics.map(String)],
  unused,
  classes,
  events: named(symbols.get("KMeansBoardEventMap").members),
  values: Object.fromEntries(["kmeans-board", "kmeans-board/kmeans.js", "kmeans-board/element"].map((name) => [name, exported(name).filter(isValue).map((it) => it.name)])),
}));
