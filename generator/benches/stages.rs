//! Measures the time of each stage, and the memory of all stages together. There are three kinds of documents: the
//! document of the Conversations API, generated documents that differ only in their size, and large published
//! documents. The published documents are in `$BINDERY_SHARED/specs/giants`, or in `shared/specs/giants` next to the
//! repository.

#![allow(clippy::expect_used, reason = "in tests and benchmarks a panic is the report")]

use std::path::PathBuf;
use std::{env, fs};

use bindery::config;
use bindery::config::Config;
use bindery::diagnostics::Diagnostics;
use bindery::source::Source;
use bindery::{analyze, emit, format, generate, lower, naming, parse};
use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher, black_box};
use mimalloc::MiMalloc;

/// The allocator of `cargo xtask`, with a count of the allocations. Counting them takes additional time.
#[global_allocator]
static ALLOCATOR: AllocProfiler<MiMalloc> = AllocProfiler::new(MiMalloc);

const DOCUMENT: &str = include_str!("../../spec/conversations_v1.yaml");
const CONFIG: &str = include_str!("../../spec/codegen.toml");

fn main() {
    divan::main();
}

fn sources() -> (Source, Source) {
    (Source::new("conversations_v1.yaml", DOCUMENT), Source::new("codegen.toml", CONFIG))
}

fn parsed() -> (bindery::parse::Document, Source, Config) {
    let (source, config) = sources();
    let mut diagnostics = Diagnostics::default();
    let config = config::parse(&config, &mut diagnostics).expect("a configuration");
    (parse::parse(&source, &mut diagnostics).expect("a document"), source, config)
}

#[divan::bench]
fn s1_parse(bencher: Bencher) {
    let (document, _) = sources();
    bencher.bench(|| parse::parse(black_box(&document), &mut Diagnostics::default()));
}

#[divan::bench]
fn s2_lower(bencher: Bencher) {
    let (document, source, config) = parsed();
    bencher.bench(|| lower::lower(black_box(&document), &source, &config, &mut Diagnostics::default()));
}

#[divan::bench]
fn s3_analyze(bencher: Bencher) {
    let (document, source, config) = parsed();
    let api = lower::lower(&document, &source, &config, &mut Diagnostics::default());
    bencher.bench(|| analyze::analyze(black_box(&api), &mut Diagnostics::default()));
}

#[divan::bench]
fn s4_name(bencher: Bencher) {
    let (document, source, config) = parsed();
    let api = lower::lower(&document, &source, &config, &mut Diagnostics::default());
    let analysis = analyze::analyze(&api, &mut Diagnostics::default());
    bencher.bench(|| naming::name(black_box(&api), &analysis, &config, &mut Diagnostics::default()));
}

#[divan::bench]
fn s5_emit(bencher: Bencher) {
    let (document, source, config) = parsed();
    let api = lower::lower(&document, &source, &config, &mut Diagnostics::default());
    let analysis = analyze::analyze(&api, &mut Diagnostics::default());
    let names = naming::name(&api, &analysis, &config, &mut Diagnostics::default());
    bencher.bench_local(|| {
        let context = emit::Context::new(black_box(&api), &names, &analysis, &config);
        context.modules().iter().map(|module| module().items.len()).sum::<usize>()
    });
}

#[divan::bench]
fn s6_format(bencher: Bencher) {
    let (document, source, config) = parsed();
    let api = lower::lower(&document, &source, &config, &mut Diagnostics::default());
    let analysis = analyze::analyze(&api, &mut Diagnostics::default());
    let names = naming::name(&api, &analysis, &config, &mut Diagnostics::default());
    let context = emit::Context::new(&api, &names, &analysis, &config);
    let modules: Vec<_> = context.modules().iter().map(|module| module()).collect();
    bencher.bench_local(|| {
        modules.iter().map(format::format).filter_map(Result::ok).map(|text| text.len()).sum::<usize>()
    });
}

#[divan::bench]
fn text_to_file_set(bencher: Bencher) {
    bencher.bench_local(|| {
        let (document, config) = sources();
        generate(black_box(&document), &config).0.map(|generated| generated.files.len())
    });
}

#[divan::bench(args = large_documents(), sample_count = 10, sample_size = 1)]
fn file_to_file_set(bencher: Bencher, name: &str) {
    let config = Source::new("codegen.toml", "");
    bencher.bench_local(|| {
        let document = Source::new(name, fs::read_to_string(large_documents_folder().join(name)).expect("a text"));
        generate(black_box(&document), &config).0.map(|generated| generated.files.len())
    });
}

fn large_documents_folder() -> PathBuf {
    let default_folder = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    env::var_os("BINDERY_SHARED").map_or_else(default_folder, PathBuf::from).join("specs/giants")
}

fn large_documents() -> Vec<String> {
    let Ok(entries) = fs::read_dir(large_documents_folder()) else {
        eprintln!("SKIPPED: there are no large documents here (see BINDERY_SHARED)");
        return Vec::new();
    };
    let mut names: Vec<_> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// Measures documents that differ only in the number of resources. If the time is linear, each resource takes the same
/// time at every size.
#[divan::bench(args = [10, 100, 1_000, 10_000], sample_count = 5, sample_size = 1)]
fn text_to_file_set_by_size(bencher: Bencher, resources: usize) {
    let text = document(resources);
    let config = Source::new("codegen.toml", "");
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let document = Source::new("sized.yaml", text.as_str());
        generate(black_box(&document), &config).0.map(|generated| generated.files.len())
    });
}

/// Returns a document with this number of collections. The schemas of the collections refer to each other.
fn document(resources: usize) -> String {
    let (mut paths, mut schemas) = (String::new(), String::new());
    for index in 0..resources {
        let before = index.saturating_sub(1);
        let model = format!("$ref: '#/components/schemas/Thing{index}'");
        paths += &format!(
            "  /things{index}:
    get:
      operationId: listThings{index}
      parameters: [{{ name: after, in: query, schema: {{ type: string, format: date-time }} }}]
      responses: {{ '200': {{ description: Some., content: {{ application/json: {{ schema: {{ type: array, items: {{ {model} }} }} }} }} }} }}
    post:
      operationId: makeThing{index}
      requestBody: {{ required: true, content: {{ application/json: {{ schema: {{ {model} }} }} }} }}
      responses: {{ '201': {{ description: Made., content: {{ application/json: {{ schema: {{ {model} }} }} }} }} }}
"
        );
        schemas += &format!(
            "    Thing{index}:
      type: object
      required: [name]
      properties:
        name: {{ type: string, maxLength: 64, description: What it is called. }}
        kind: {{ type: string, enum: [round, square, flat] }}
        size: {{ type: object, properties: {{ width: {{ type: number }}, height: {{ type: number }} }} }}
        parts: {{ type: array, items: {{ $ref: '#/components/schemas/Thing{before}' }} }}
"
        );
    }
    format!(
        "openapi: 3.0.3\ninfo: {{ title: Sized, version: 1.0.0 }}\nservers: [{{ url: https://sized.example }}]\npaths:\n{paths}components:\n  schemas:\n{schemas}"
    )
}
