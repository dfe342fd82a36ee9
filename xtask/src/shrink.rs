//! Wasm and its binding without what only wasm-bindgen needed while it made them.
//!
//! To learn the types of callbacks, wasm-bindgen has a function for each kind of them put into the table of functions,
//! some sixty, and leaves them there. And what Wasm and JavaScript import from each other has long names, half of them
//! hashes, which can hardly be compressed. Nor is there a use for what a panic would say before it traps.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use walrus::ir::{
    CallIndirect, Const, Instr, InstrSeq, ReturnCallIndirect, Unreachable, Value, Visitor, VisitorMut,
    dfs_in_order, dfs_pre_order_mut,
};
use walrus::{
    ConstExpr, Data, DataId, DataKind, Element, ElementId, ElementItems, ElementKind, ExportId, ExportItem,
    FunctionBuilder, FunctionId, FunctionKind, Import, ImportId, Module, ModuleConfig, TypeId,
};

/// What every browser has that has vectors in its Wasm, so that nothing has to stand in for it; and the ways to call that
/// nobody here takes. Each is what a passage begins with, what it ends with, and what stands there instead.
const CUTS: [(&str, &str, &str); 7] = [
    // Texts that Wasm is given are names: short, and encoded at once.
    (
        "    if (realloc === undefined) {\n        const buf",
        "    WASM_VECTOR_LEN = offset;\n",
        "    const buf = cachedTextEncoder.encode(arg);
    const ptr = malloc(buf.length, 1) >>> 0;
    getUint8ArrayMemory0().set(buf, ptr);
    WASM_VECTOR_LEN = buf.length;\n",
    ),
    (", wasm.__wbindgen_realloc", "", ""),
    ("if (!('encodeInto' in cachedTextEncoder)) {\n", "\n}\n", ""),
    ("(typeof FinalizationRegistry === 'undefined')\n", "    : ", ""),
    ("if (Symbol.dispose) ", ";\n", ""),
    (
        "\"`WebAssembly.instantiateStreaming` failed",
        "Original error:\\n\"",
        "\"Wasm should be served as application/wasm:\"",
    ),
    ("            console.warn('using deprecated parameters for the initialization", ")\n", ""),
];

/// Rewrites both files; what they do stays the same.
pub(crate) fn shrink(script: &Path, wasm: &Path) -> Result<()> {
    let mut config = ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    let mut module = config.parse(&fs::read(wasm)?)?;
    let text = fs::read_to_string(script)?;
    let text = CUTS
        .iter()
        .try_fold(text, |text, cut| without(&text, cut))
        .and_then(|text| rename(&mut module, text))
        .with_context(|| format!("{} is not what wasm-bindgen used to write", script.display()))?;
    let panics = silence_panics(&mut module)?;
    let given = cut_short(&mut module, panics);
    forget_places(&mut module, &given);
    empty_table(&mut module)?;
    walrus::passes::gc::run(&mut module);
    module.customs.remove_raw("target_features");
    fs::write(script, text)?;
    Ok(fs::write(wasm, module.emit_wasm())?)
}

/// What the standard library's functions that only a panic comes to have in their names, whatever crate stands before.
const PANICS: [&str; 10] = [
    "::panicking::panic_fmt",
    "::panicking::panic_bounds_check",
    "::panicking::panic_const::",
    "::panicking::panic_handler::",
    "::panic_already_",
    "::slice_index_fail",
    "::unwrap_failed",
    "::expect_failed",
    "::raw_vec::handle_error",
    "::handle_alloc_error",
];

/// Lets a panic trap at once: a page never hears the message that it would compose, with all of number formatting.
fn silence_panics(module: &mut Module) -> Result<HashSet<FunctionId>> {
    let is_panic = |name: &String| PANICS.iter().any(|panic| name.contains(panic));
    let panics: Vec<(FunctionId, TypeId)> = module
        .funcs
        .iter_local()
        .filter(|(id, _)| module.funcs.get(*id).name.as_ref().is_some_and(is_panic))
        .map(|(id, function)| (id, function.ty()))
        .collect();
    ensure!(!panics.is_empty(), "no function is known by its name to panic");
    for &(id, ty) in &panics {
        let (parameters, results) = module.types.params_results(ty);
        let (parameters, results) = (parameters.to_vec(), results.to_vec());
        let arguments = parameters.iter().map(|parameter| module.locals.add(*parameter)).collect();
        let mut trap = FunctionBuilder::new(&mut module.types, &parameters, &results);
        trap.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(trap.local_func(arguments));
    }
    Ok(panics.into_iter().map(|(id, _)| id).collect())
}

/// Lets every way to a panic trap before whatever is only computed to be said; returns the numbers that were given.
fn cut_short(module: &mut Module, panics: HashSet<FunctionId>) -> Vec<i32> {
    let mut ways = Ways { panics, given: Vec::new() };
    for (_, function) in module.funcs.iter_local_mut() {
        let entry = function.entry_block();
        dfs_pre_order_mut(&mut ways, function, entry);
    }
    ways.given
}

/// The ways to a panic, and the numbers that were given to it.
struct Ways {
    panics: HashSet<FunctionId>,
    given: Vec<i32>,
}

impl Ways {
    fn is_panic(&self, instruction: &Instr) -> bool {
        matches!(instruction, Instr::Call(call) if self.panics.contains(&call.func))
    }
}

impl VisitorMut for Ways {
    fn start_instr_seq_mut(&mut self, sequence: &mut InstrSeq) {
        let instructions = &mut sequence.instrs;
        let Some(end) = instructions.iter().position(|(instruction, _)| self.is_panic(instruction)) else {
            return;
        };
        let place = instructions[end].1;
        let start = instructions[..end].iter().rposition(|(instruction, _)| !is_local(instruction));
        for (instruction, _) in instructions.drain(start.map_or(0, |last| last + 1)..) {
            if let Instr::Const(Const { value: Value::I32(number) }) = instruction {
                self.given.push(number);
            }
        }
        instructions.push((Instr::Unreachable(Unreachable {}), place));
    }
}

/// Whether nobody can tell, once the function is left by a trap, that this has been done.
fn is_local(instruction: &Instr) -> bool {
    matches!(
        instruction,
        Instr::Const(_)
            | Instr::LocalGet(_)
            | Instr::LocalSet(_)
            | Instr::LocalTee(_)
            | Instr::Load(_)
            | Instr::Unop(_)
            | Instr::Binop(_)
    )
}

/// Takes out of the memory, where these addresses are those of places in the source, what a panic says of them.
///
/// Such a place is the address and the length of a file's name, a line and a column.
fn forget_places(module: &mut Module, addresses: &[i32]) {
    let segments: Vec<DataId> = module.data.iter().map(Data::id).collect();
    for segment in segments {
        let data = module.data.get_mut(segment);
        let DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } = data.kind else {
            continue;
        };
        let found = addresses.iter().filter_map(|&address| place_and_name(&data.value, start, address));
        for range in found.collect::<Vec<_>>().into_iter().flatten() {
            data.value[range].fill(0);
        }
    }
}

/// Where in data that starts at an address there is a place in the source, and where the name of its file.
fn place_and_name(data: &[u8], start: i32, address: i32) -> Option<[Range<usize>; 2]> {
    let place = usize::try_from(address.checked_sub(start)?).ok()?;
    let word = |at: usize| Some(i32::from_le_bytes(*data.get(at..)?.first_chunk()?));
    let name = usize::try_from(word(place)?.checked_sub(start)?).ok()?;
    let length = usize::try_from(word(place + 4)?).ok()?;
    let (place, name) = (place..place + 16, name..name.checked_add(length)?);
    (place.end <= data.len() && data.get(name.clone())?.ends_with(b".rs")).then_some([place, name])
}

/// Takes out of the table of functions those that nothing can come to which is called from outside.
fn empty_table(module: &mut Module) -> Result<()> {
    let lists: Vec<(ElementId, Vec<FunctionId>)> = module.elements.iter().filter_map(listed).collect();
    let reached = reached(module, &lists.iter().flat_map(|(_, list)| list).copied().collect::<Vec<_>>());
    for (id, mut list) in lists {
        // The places stay: another function fills those that nobody asks for.
        let filler =
            list.iter().copied().find(|id| reached.contains(id)).context("a table nobody calls from")?;
        for function in &mut list {
            *function = if reached.contains(function) { *function } else { filler };
        }
        module.elements.get_mut(id).items = ElementItems::Functions(list);
    }
    Ok(())
}

/// The functions that are put into a table at the start.
fn listed(element: &Element) -> Option<(ElementId, Vec<FunctionId>)> {
    match (&element.kind, &element.items) {
        (ElementKind::Active { .. }, ElementItems::Functions(list)) => Some((element.id(), list.clone())),
        _ => None,
    }
}

/// The functions that are exported or called by one of these, directly or, where the type is right, through the table.
fn reached(module: &Module, table: &[FunctionId]) -> HashSet<FunctionId> {
    let exported = module.exports.iter().filter_map(|export| match export.item {
        ExportItem::Function(id) => Some(id),
        _ => None,
    });
    let mut open: Vec<FunctionId> = exported.chain(module.start).collect();
    let mut reached = HashSet::new();
    while let Some(id) = open.pop() {
        let function = module.funcs.get(id);
        if !reached.insert(id) || !matches!(function.kind, FunctionKind::Local(_)) {
            continue;
        }
        let mut calls = Calls::default();
        let local = function.kind.unwrap_local();
        dfs_in_order(&mut calls, local, local.entry_block());
        open.append(&mut calls.functions);
        open.extend(table.iter().filter(|id| calls.types.contains(&module.funcs.get(**id).ty())));
    }
    reached
}

/// What a function calls or names, and the types of what it calls through a table.
#[derive(Default)]
struct Calls {
    functions: Vec<FunctionId>,
    types: Vec<TypeId>,
}

impl Visitor<'_> for Calls {
    fn visit_function_id(&mut self, id: &FunctionId) {
        self.functions.push(*id);
    }

    fn visit_call_indirect(&mut self, call: &CallIndirect) {
        self.types.push(call.ty);
    }

    fn visit_return_call_indirect(&mut self, call: &ReturnCallIndirect) {
        self.types.push(call.ty);
    }
}

/// A script without any passage of a kind, of which there has to be one.
fn without(script: &str, (start, end, instead): &(&str, &str, &str)) -> Result<String> {
    let (before, mut rest) = script.split_once(start).with_context(|| format!("there is no `{start}`"))?;
    let mut text = before.to_owned();
    loop {
        let (_, after) = rest.split_once(end).with_context(|| format!("no `{end}` ends `{start}`"))?;
        text += instead;
        let Some((between, next)) = after.split_once(start) else { return Ok(text + after) };
        text += between;
        rest = next;
    }
}

/// Gives short names to all that one imports from the other, in both; what is not asked for is no longer exported.
fn rename(module: &mut Module, mut script: String) -> Result<String> {
    let imports: Vec<ImportId> = module.imports.iter().map(Import::id).collect();
    for (i, id) in imports.into_iter().enumerate() {
        let import = module.imports.get_mut(id);
        replace(&mut script, &format!("\"{}\": ", import.module), "\"b\": ", "\"b\": ")?;
        "b".clone_into(&mut import.module);
        let name = format!("i{i}");
        replace(&mut script, &format!(" {}: function", import.name), &format!(" {name}: function"), "")?;
        import.name = name;
    }
    let functions = module.exports.iter().filter(|export| matches!(export.item, ExportItem::Function(_)));
    let mut exports: Vec<(String, ExportId)> =
        functions.map(|export| (export.name.clone(), export.id())).collect();
    // The longest first, for some begin with others.
    exports.sort_by_key(|(name, _)| Reverse(name.len()));
    for (i, (name, id)) in exports.into_iter().enumerate() {
        let asked = format!("wasm.{name}");
        if script.contains(&asked) {
            let short = format!("e{i}");
            script = script.replace(&asked, &format!("wasm.{short}"));
            module.exports.get_mut(id).name = short;
        } else {
            module.exports.delete(id);
        }
    }
    Ok(script)
}

/// Replaces what is there, unless it has been already.
fn replace(script: &mut String, from: &str, to: &str, done: &str) -> Result<()> {
    if script.contains(from) {
        *script = script.replace(from, to);
        return Ok(());
    }
    ensure!(!done.is_empty() && script.contains(done), "there is no `{from}`");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::{RefType, ValType};

    const SCRIPT: &str = "function pass(arg, malloc, realloc) {
    if (realloc === undefined) {
        const buf = 1;
    }
    WASM_VECTOR_LEN = offset;
    return ptr;
    }
    pass(a, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc); pass(b, wasm.m, wasm.__wbindgen_realloc);
if (!('encodeInto' in cachedTextEncoder)) {
    cachedTextEncoder.encodeInto = function() {};
}
    const F = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {} }
    : new FinalizationRegistry(free);
if (Symbol.dispose) One.dispose = One.free;
if (Symbol.dispose) Two.dispose = Two.free;
            console.warn('using deprecated parameters for the initialization function')
            console.warn(\"`WebAssembly.instantiateStreaming` failed. Original error:\\n\", e);
    const import0 = {
        __wbg_fill_00112233445566ff: function() {},
    };
    const imports = { \"./p_bg.js\": import0 };
    wasm.start(); wasm.starting();";

    /// What is in the memory from 1000 on: a word, the place in `p.rs` where the panic is, and that name in brackets.
    const MEMORY: &[u8] = b"word\xfd\x03\0\0\x04\0\0\0\x07\0\0\0\x09\0\0\0<p.rs>";

    /// Two exports that the script calls and one that it does not; the first calls an import, through the table functions
    /// that take a number, of which there is one beside one that takes two, and a panic, which calls what writes it.
    fn module() -> Module {
        let mut module = Module::default();
        let none = module.types.add(&[], &[]);
        let (import, _) = module.add_import_func("./p_bg.js", "__wbg_fill_00112233445566ff", none);
        let mut of = |parameters: &[ValType]| {
            FunctionBuilder::new(&mut module.types, parameters, &[]).finish(vec![], &mut module.funcs)
        };
        let listed = vec![of(&[ValType::I32, ValType::I32]), of(&[ValType::I32])];
        let (starting, forgotten, writing) = (of(&[]), of(&[]), of(&[]));
        let table = module.tables.add_local(false, 2, None, RefType::FUNCREF);
        let kind = ElementKind::Active { table, offset: ConstExpr::Value(Value::I32(0)) };
        module.elements.add(kind, ElementItems::Functions(listed));
        let of_one = module.types.add(&[ValType::I32], &[]);
        let mut panic = FunctionBuilder::new(&mut module.types, &[ValType::I32, ValType::I32], &[]);
        panic.name("core[00]::panicking::panic_fmt".into()).func_body().call(writing);
        let given = vec![module.locals.add(ValType::I32), module.locals.add(ValType::I32)];
        let panic = panic.finish(given, &mut module.funcs);
        let memory = module.memories.add_local(false, false, 1, None, None);
        let offset = ConstExpr::Value(Value::I32(1000));
        module.data.add(DataKind::Active { memory, offset }, MEMORY.to_vec());
        let mut start = FunctionBuilder::new(&mut module.types, &[], &[]);
        start.func_body().call(import).i32_const(7).i32_const(1).call_indirect(of_one, table);
        start.func_body().i32_const(1000).i32_const(1004).call(panic);
        let start = start.finish(vec![], &mut module.funcs);
        for (name, id) in [("start", start), ("starting", starting), ("forgotten", forgotten)] {
            module.exports.add(name, id);
        }
        module
    }

    #[test]
    fn what_nothing_can_call_is_gone_and_names_are_short_in_both() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (script, wasm) = (folder.path().join("p.js"), folder.path().join("p_bg.wasm"));
        fs::write(&script, SCRIPT)?;
        fs::write(&wasm, module().emit_wasm())?;
        shrink(&script, &wasm)?;
        let text = fs::read_to_string(&script)?;
        assert!(text.contains("        i0: function() {},"), "{text}");
        assert!(text.contains("{ \"b\": import0 }"), "{text}");
        assert!(text.ends_with("wasm.e2(); wasm.e1();"), "{text}");
        for gone in [
            "realloc ",
            "wasm.__wbindgen_realloc",
            "encodeInto",
            "undefined",
            "dispose",
            "deprecated",
            "Original",
        ] {
            assert!(!text.contains(gone), "{gone}: {text}");
        }
        for kept in [
            "    WASM_VECTOR_LEN = buf.length;\n    return ptr;",
            "const F = new FinalizationRegistry(free);",
        ] {
            assert!(text.contains(kept), "{kept}: {text}");
        }
        let shrunk = Module::from_file(&wasm)?;
        let names: Vec<_> = shrunk.exports.iter().map(|export| export.name.as_str()).collect();
        assert_eq!(names, ["e2", "e1"]);
        assert_eq!(
            shrunk.imports.iter().map(|it| (it.module.as_str(), it.name.as_str())).collect::<Vec<_>>(),
            [("b", "i0")]
        );
        // The two exports, and the one that is called through the table, in both of its places; not the panic.
        assert_eq!(shrunk.funcs.iter_local().count(), 3);
        let (_, list) = shrunk.elements.iter().find_map(listed).context("there is no table")?;
        assert_eq!(list.len(), 2);
        assert_eq!(list[0], list[1]);
        Ok(())
    }

    #[test]
    fn nothing_is_left_of_what_a_panic_would_say() -> Result<()> {
        let mut module = module();
        let panics = silence_panics(&mut module)?;
        let given = cut_short(&mut module, panics);
        assert_eq!(given, [1000, 1004]);
        let start = module.exports.get_func("start")?;
        let start = module.funcs.get(start).kind.unwrap_local();
        let instructions = &start.block(start.entry_block()).instrs;
        let kinds: Vec<_> = instructions.iter().map(|(instruction, _)| instruction).collect();
        assert!(
            matches!(
                kinds[..],
                [
                    Instr::Call(_),
                    Instr::Const(_),
                    Instr::Const(_),
                    Instr::CallIndirect(_),
                    Instr::Unreachable(_)
                ]
            ),
            "{kinds:?}"
        );
        forget_places(&mut module, &given);
        let data = module.data.iter().next().context("there is no data")?;
        assert_eq!(data.value, b"word\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0<\0\0\0\0>");
        Ok(())
    }

    #[test]
    fn wasm_that_has_lost_its_names_is_an_error() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (script, wasm) = (folder.path().join("p.js"), folder.path().join("p_bg.wasm"));
        fs::write(&script, SCRIPT)?;
        let mut nameless = module();
        nameless.funcs.iter_mut().for_each(|function| function.name = None);
        fs::write(&wasm, nameless.emit_wasm())?;
        let error = format!("{:#}", shrink(&script, &wasm).expect_err("no panic is found"));
        assert!(error.contains("by its name"), "{error}");
        Ok(())
    }

    #[test]
    fn a_script_that_lacks_what_the_wasm_imports_is_an_error() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (script, wasm) = (folder.path().join("p.js"), folder.path().join("p_bg.wasm"));
        fs::write(&script, SCRIPT.replace("fill", "file"))?;
        fs::write(&wasm, module().emit_wasm())?;
        let error = format!("{:#}", shrink(&script, &wasm).expect_err("a name is missing"));
        assert!(error.contains("__wbg_fill_00112233445566ff"), "{error}");
        Ok(())
    }
}
