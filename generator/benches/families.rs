//! Measures the time that the generator takes for families of documents. The documents of a family differ only in the
//! number of one kind of item. Each family is measured at its size and at ten times its size. If the time is linear,
//! the larger document takes ten times as long. If a limit bounds the time, both documents take the same time.
//!
//! `cargo bench -p bindery --bench families -- all_of` measures the families with `all_of` in their names.

#[allow(dead_code, reason = "the bench does not look at what comes of a document")]
#[path = "../tests/support/families/mod.rs"]
mod families;

use bindery::diagnostics::render::Style;
use bindery::source::Source;
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use families::{Family, all};
use mimalloc::MiMalloc;

/// The allocator of `cargo xtask`. With the same allocator, the times are comparable.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    divan::main();
}

/// A family and one of its two sizes.
struct SizedFamily {
    family: Family,
    size: usize,
}

impl std::fmt::Display for SizedFamily {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.family.name, self.size)
    }
}

fn sizes() -> impl Iterator<Item = SizedFamily> {
    all().flat_map(|family| [1, 10].map(|factor| SizedFamily { family: *family, size: family.size * factor }))
}

/// Measures the time from the text to the generated files, or to the rendered diagnostics.
#[divan::bench(args = sizes(), sample_count = 3, sample_size = 1)]
fn text_to_files_or_diagnostics(bencher: Bencher, sized: &SizedFamily) {
    let text = (sized.family.document)(sized.size);
    let config = Source::new("codegen.toml", "crate = { name = 'family', version = '0.1.0' }");
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let document = Source::new("family.yaml", text.as_str());
        let (generated, diagnostics) = bindery::generate(black_box(&document), &config);
        (generated.map(|generated| generated.files.len()), diagnostics.render(&document, &config, Style::Plain).len())
    });
}
