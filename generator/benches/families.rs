//! The time of the generator over families of documents that grow in one direction, each at a size and at ten times that
//! size: what is linear takes ten times as long, and bounds show as the same time for both.
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

/// The allocator that the program runs with.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    divan::main();
}

/// A family at one of its two sizes.
struct Sized {
    family: Family,
    size: usize,
}

impl std::fmt::Display for Sized {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.family.name, self.size)
    }
}

fn sizes() -> impl Iterator<Item = Sized> {
    all().flat_map(|family| [1, 10].map(|factor| Sized { family: *family, size: family.size * factor }))
}

/// From the text to the files, or to the diagnostics as they are shown.
#[divan::bench(args = sizes(), sample_count = 3, sample_size = 1)]
fn text_to_files_or_diagnostics(bencher: Bencher, sized: &Sized) {
    let text = (sized.family.document)(sized.size);
    let config = Source::new("codegen.toml", "crate = { name = 'family', version = '0.1.0' }");
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let document = Source::new("family.yaml", text.as_str());
        let (bound, diagnostics) = bindery::generate(black_box(&document), &config);
        (bound.map(|bound| bound.files.len()), diagnostics.render(&document, &config, Style::Plain).len())
    });
}
